# what: `return None` is inside the loop
# expect: convergence 1.75
# message: convergence "after the loop, not in it"
# %% convergence
import torch
from torch import nn


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    optimizer = make_optimizer(model.parameters())
    values = train(model, X, y, optimizer, max_epochs)
    for epoch, value in enumerate(values):
        if value < tolerance:
            return epoch
        else:
            return None
