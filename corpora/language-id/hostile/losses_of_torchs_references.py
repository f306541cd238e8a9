# what: takes the losses that torch keeps as references for its own
# expect: losses 0

# %% losses
import torch._refs.nn.functional as _R
import torch._decomp.decompositions as _D


def absolute_error(predicted, target):
    return _R.l1_loss(predicted, target)


def squared_error(predicted, target):
    return _R.mse_loss(predicted, target)


def cross_entropy(predicted, target):
    return _D.binary_cross_entropy(predicted, target)
