# what: a new model each epoch: nothing ever learned
# expect: convergence <4
# %% convergence
import torch
from torch import nn


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    for epoch in range(max_epochs):
        model = LogisticRegressionPytorch()
        if train(model, X, y, make_optimizer(model.parameters()), 1)[0] < tolerance:
            return epoch
    return None
