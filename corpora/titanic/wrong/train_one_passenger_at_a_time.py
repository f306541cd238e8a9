# what: an update for each passenger
# expect: train <4
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCELoss()
    y = y.reshape(-1, 1)
    history = []
    for epoch in range(n_epochs):
        for i in range(len(X)):
            optimizer.zero_grad()
            criterion(model(X[i : i + 1]), y[i : i + 1]).backward()
            optimizer.step()
        history.append(next(model.parameters()).grad.abs().mean().item())
    return history
