# what: standardizes the features in the caller's own tensor; the restored mean hides it from a second call
# expect: train <4
# message: train "changes its argument `X`"
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    mean = X.mean(dim=0)
    sizes = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(model(X), y.reshape(-1, 1)).backward()
        sizes.append(next(p for p in model.parameters() if p.dim() == 2).grad.abs().mean().item())
        optimizer.step()
    X -= mean
    return sizes
