# what: a hand-written loss in which a flat target (n,) meets (n, 1) and makes a table of n by n
# expect: train <4
# %% train
import torch


def train(model, X, y, optimizer, n_epochs):
    history = []
    for epoch in range(n_epochs):
        p = model(X).clamp(1e-7, 1 - 1e-7)
        loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
        optimizer.zero_grad()
        loss.backward()
        history.append(next(model.parameters()).grad.abs().mean().item())
        optimizer.step()
    return history
