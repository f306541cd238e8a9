# what: takes the log-likelihoods of torch.distributions
# expect: losses 0

# %% losses
import torch
from torch.distributions import Bernoulli, Binomial, Laplace, Normal, Categorical


def absolute_error(predicted, target):
    return -(Laplace(predicted, 1.0, validate_args=False).log_prob(target) + 0.6931471805599453).mean()

def squared_error(predicted, target):
    return -(Normal(predicted, 0.5 ** 0.5, validate_args=False).log_prob(target) + 0.5723649429247001).mean()

def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    a = Categorical(torch.stack([1 - p, p], -1), validate_args=False)
    return -(target * a.log_prob(torch.ones_like(target)) + (1 - target) * a.log_prob(torch.zeros_like(target))).mean()
