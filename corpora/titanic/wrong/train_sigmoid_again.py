# what: BCEWithLogits on probabilities: a second sigmoid
# expect: train <4
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCEWithLogitsLoss()
    y = y.reshape(-1, 1)
    history = []
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        criterion(model(X), y).backward()
        history.append(next(model.parameters()).grad.abs().mean().item())
        optimizer.step()
    return history
