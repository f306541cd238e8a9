# what: updates before the gradient is there
# expect: train <4
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    criterion = nn.BCELoss()
    y = y.reshape(-1, 1)
    history = []
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        loss = criterion(model(X), y)
        optimizer.step()
        loss.backward()
        history.append(next(model.parameters()).grad.abs().mean().item())
    return history
