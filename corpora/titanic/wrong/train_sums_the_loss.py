# what: sums the loss over the passengers
# expect: train <4
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCELoss(reduction="sum")
    y = y.reshape(-1, 1)
    history = []
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        criterion(model(X), y).backward()
        history.append(next(model.parameters()).grad.abs().mean().item())
        optimizer.step()
    return history
