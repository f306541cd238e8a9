# what: averages over the weights and the bias
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
        criterion(model(X), y).backward()
        every = torch.cat([p.grad.flatten() for p in model.parameters()])
        history.append(every.abs().mean().item())
        optimizer.step()
    return history
