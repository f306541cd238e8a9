# what: returns one number instead of one an epoch
# expect: train <4
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    for epoch in range(n_epochs):
        loss = nn.BCELoss()(model(X), y.reshape(-1, 1))
        optimizer.zero_grad()
        loss.backward()
        size = next(model.parameters()).grad.abs().mean().item()
        optimizer.step()
    return size
