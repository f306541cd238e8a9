# what: cuts gradients off at 1, which ages in years exceed
# expect: train 3
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    targets = y.reshape(-1, 1)
    weights = next(p for p in model.parameters() if p.dim() == 2)
    numbers = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(model(X), targets).backward()
        numbers.append(weights.grad.abs().mean().item())
        nn.utils.clip_grad_value_(model.parameters(), 1.0)
        optimizer.step()
    return numbers
