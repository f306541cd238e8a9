# what: BCELoss with the target as it comes: a ValueError for (n,)
# expect: train <4
# message: train "size|shape"
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    history = []
    for epoch in range(n_epochs):
        loss = nn.BCELoss()(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        history.append(next(model.parameters()).grad.abs().mean().item())
        optimizer.step()
    return history
