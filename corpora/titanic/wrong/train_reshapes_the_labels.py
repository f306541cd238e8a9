# what: turns the caller's y into a column in place
# expect: train 3..3.5
# message: train "changes its argument `y`"
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    if y.dim() == 1:
        y.unsqueeze_(1)
    sizes = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(model(X), y).backward()
        sizes.append(next(p for p in model.parameters() if p.dim() == 2).grad.abs().mean().item())
        optimizer.step()
    return sizes
