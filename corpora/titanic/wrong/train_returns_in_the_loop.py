# what: the return is inside the loop
# expect: train 0
# message: train "inside the loop"
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    y = y.reshape(-1, 1)
    W = next(p for p in model.parameters() if len(p.shape) == 2)
    gradients = []
    for epoch in range(n_epochs):
        optimizer.zero_grad()
        p = model(X)
        loss = nn.functional.binary_cross_entropy(p, y)
        loss.backward()
        gradients.append(W.grad.abs().mean().item())
        optimizer.step()
        return gradients
