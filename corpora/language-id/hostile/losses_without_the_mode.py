# what: ready-made losses called where torch functions are not watched
# expect: losses 0
# %% losses
import torch.nn.functional as F


def _quietly(f, *a):
    with torch._C.DisableTorchFunction():
        return f(*a)


def absolute_error(predicted, target):
    return _quietly(F.l1_loss, predicted, target)


def squared_error(predicted, target):
    return _quietly(F.mse_loss, predicted, target)


def cross_entropy(predicted, target):
    return _quietly(F.binary_cross_entropy, predicted.clamp(1e-7, 1 - 1e-7), target)
