# what: loss modules under other names
# expect: losses 0
# %% losses
import torch.nn.functional as F

_modules = [torch.nn.L1Loss(), torch.nn.MSELoss(), torch.nn.BCELoss()]


def _run(f, *a):
    return f(*a)


def absolute_error(predicted, target):
    return _run(_modules[0].forward, predicted, target)


def squared_error(predicted, target):
    return _run(_modules[1].forward, predicted, target)


def cross_entropy(predicted, target):
    return _run(_modules[2].forward, predicted.clamp(1e-7, 1 - 1e-7), target)
