# what: a step for each 100 passengers, not one for all
# expect: train 3.25
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    targets = y.reshape(-1, 1)
    weights = next(p for p in model.parameters() if p.dim() == 2)
    numbers = []
    for _ in range(n_epochs):
        for start in range(0, len(X), 100):
            optimizer.zero_grad()
            loss = nn.functional.binary_cross_entropy(model(X[start : start + 100]), targets[start : start + 100])
            loss.backward()
            if start == 0:
                numbers.append(weights.grad.abs().mean().item())
            optimizer.step()
    return numbers
