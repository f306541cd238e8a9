# what: gradients add up from epoch to epoch
# expect: train <4
# message: train "zero|clear|add up|accumul"
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCELoss()
    y = y.reshape(-1, 1)
    history = []
    for epoch in range(n_epochs):
        criterion(model(X), y).backward()
        history.append(next(model.parameters()).grad.abs().mean().item())
        optimizer.step()
    return history
