# what: epoch 0 is taken for none
# expect: convergence 3
# message: convergence "epoch 0 taken for none"
# %% convergence
import torch
from torch import nn


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    first = None
    for epoch, size in enumerate(sizes):
        if size < tolerance:
            first = epoch
            break
    if first:
        return first
    return None
