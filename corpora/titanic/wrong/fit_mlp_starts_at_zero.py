# what: all weights start at zero: both hidden units stay the same
# expect: fit-mlp <4
# %% fit-mlp
import torch
from torch import nn


def fit_mlp(X, y):
    model = TitanicMLP()
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(800):
        optimizer.zero_grad()
        nn.BCELoss()(model(X), y.reshape(-1, 1)).backward()
        optimizer.step()
    return model
