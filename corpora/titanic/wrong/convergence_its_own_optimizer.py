# what: always Adam, whatever make_optimizer says
# expect: convergence <4
# %% convergence
import torch
from torch import nn


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    model = LogisticRegressionPytorch()
    sizes = train(model, X, y, torch.optim.Adam(model.parameters(), lr=0.01), max_epochs)
    return next((epoch for epoch, size in enumerate(sizes) if size < tolerance), None)
