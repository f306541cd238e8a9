# what: the C functions under torch.nn.functional, taken at load
# expect: losses 0
# %% losses
import torch.nn.functional as F

_c = torch._C._nn


def _run(f, *a):
    return f(*a)


def absolute_error(predicted, target):
    return _run(_c.l1_loss, predicted, target)


def squared_error(predicted, target):
    return _run(_c.mse_loss, predicted, target)


def cross_entropy(predicted, target):
    return _run(_c.binary_cross_entropy, predicted.clamp(1e-7, 1 - 1e-7), target)
