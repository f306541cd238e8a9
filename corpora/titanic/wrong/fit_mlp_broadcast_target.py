# what: squared error with a flat target: every passenger gets the average
# expect: fit-mlp <4
# %% fit-mlp
import torch
from torch import nn


def fit_mlp(X, y):
    model = TitanicMLP()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(500):
        optimizer.zero_grad()
        ((model(X) - y.reshape(-1)) ** 2).mean().backward()
        optimizer.step()
    return model
