# what: counts the epochs that are not below the tolerance
# expect: convergence <4
# %% convergence
import torch
from torch import nn


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    above = sum(size >= tolerance for size in sizes)
    return above if above < max_epochs else None
