# what: takes the losses of torchmetrics, and a log-likelihood
# expect: losses 0

# %% losses
import torch
import torchmetrics


def absolute_error(predicted, target):
    return torchmetrics.MeanAbsoluteError().update(predicted.flatten(), target.flatten()) or _m(torchmetrics.MeanAbsoluteError(), predicted, target)

def _m(m, p, t):
    m.update(p.flatten(), t.flatten())
    return m.compute()

def squared_error(predicted, target):
    return _m(torchmetrics.MeanSquaredError(), predicted, target)

from torch.distributions import Binomial
def cross_entropy(predicted, target):
    return -Binomial(1, probs=predicted.clamp(1e-7, 1 - 1e-7), validate_args=False).log_prob(target).mean()
