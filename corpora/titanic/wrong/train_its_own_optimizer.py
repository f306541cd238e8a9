# what: ignores the optimizer it is given
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
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        optimizer.zero_grad()
        criterion(model(X), y).backward()
        history.append(next(model.parameters()).grad.abs().mean().item())
        optimizer.step()
    return history
