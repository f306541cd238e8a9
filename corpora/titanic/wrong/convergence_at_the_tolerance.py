# what: at or below the tolerance instead of strictly below
# expect: convergence <4
# %% convergence
import torch
from torch import nn


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, make_optimizer(model.parameters()), max_epochs)
    return next((epoch for epoch, size in enumerate(sizes) if size <= tolerance), None)
