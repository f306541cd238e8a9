# what: a new optimizer each epoch: right for plain SGD, but momentum and Adam forget everything
# expect: convergence 3.25
# message: convergence "one optimizer makes all epochs"
# %% convergence
import torch
from torch import nn


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    for epoch in range(max_epochs):
        if train(model, X, y, make_optimizer(model.parameters()), 1)[0] < tolerance:
            return epoch
    return None
