# what: keeps `.grad` itself, which the next epochs change in place
# expect: train 3
# message: train "a kept `.grad` changes"
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    target = y.reshape(-1, 1)
    w = next(p for p in model.parameters() if p.dim() == 2)
    kept = []
    for _ in range(n_epochs):
        optimizer.zero_grad(set_to_none=False)
        loss = nn.functional.binary_cross_entropy(model(X), target)
        loss.backward()
        kept.append(w.grad)
        optimizer.step()
    return [g.abs().mean().item() for g in kept]
