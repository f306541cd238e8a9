# what: trains a copy and leaves the model as it was
# expect: train <4
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCELoss()
    y = y.reshape(-1, 1)
    history = []
    for epoch in range(n_epochs):
        if epoch == 0:
            import copy

            model = copy.deepcopy(model)
            optimizer = type(optimizer)(model.parameters(), lr=optimizer.defaults["lr"])
        optimizer.zero_grad()
        criterion(model(X), y).backward()
        history.append(next(model.parameters()).grad.abs().mean().item())
        optimizer.step()
    return history
