# what: plain SGD with a rate of 50
# expect: fit-mlp <4
# %% fit-mlp
import torch
from torch import nn


def fit_mlp(X, y):
    model = TitanicMLP()
    optimizer = torch.optim.SGD(model.parameters(), lr=50.0)
    for _ in range(500):
        optimizer.zero_grad()
        nn.BCELoss()(model(X), y.reshape(-1, 1)).backward()
        optimizer.step()
    return model
