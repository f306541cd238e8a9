# what: clears the gradient before it reads it
# expect: train <4
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCELoss()
    y = y.reshape(-1, 1)
    history = []
    for epoch in range(n_epochs):
        criterion(model(X), y).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        history.append(next(model.parameters()).grad.abs().mean().item())
    return history
