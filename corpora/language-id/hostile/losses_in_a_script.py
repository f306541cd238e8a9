# what: ready-made losses in TorchScript
# expect: losses 0
# %% losses
import torch.nn.functional as F


@torch.jit.script
def _l1(p: torch.Tensor, t: torch.Tensor):
    return torch.nn.functional.l1_loss(p, t)


@torch.jit.script
def _l2(p: torch.Tensor, t: torch.Tensor):
    return torch.nn.functional.mse_loss(p, t)


@torch.jit.script
def _ce(p: torch.Tensor, t: torch.Tensor):
    return torch.nn.functional.binary_cross_entropy(p, t)


def _run(f, *a):
    return f(*a)


def absolute_error(predicted, target):
    return _run(_l1, predicted, target)


def squared_error(predicted, target):
    return _run(_l2, predicted, target)


def cross_entropy(predicted, target):
    return _run(_ce, predicted.clamp(1e-7, 1 - 1e-7), target)
