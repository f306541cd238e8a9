# what: a loop of its own that is right for y (n,) alone
# expect: convergence 3.75
# message: convergence "shape|size"
# %% convergence
import torch
from torch import nn


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    optimizer = make_optimizer(model.parameters())
    for epoch in range(max_epochs):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(model(X), y.unsqueeze(1)).backward()
        if model.linear.weight.grad.abs().mean() < tolerance:
            return epoch
        optimizer.step()
    return None
