# what: counts the epochs from 1
# expect: convergence <4
# %% convergence
import torch
from torch import nn


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    for epoch, size in enumerate(sizes, start=1):
        if size < tolerance:
            return epoch
    return None
