# what: trains on standardised ages and never folds the scale back
# expect: fit-mlp <4
# %% fit-mlp
import torch
from torch import nn


def fit_mlp(X, y):
    model = TitanicMLP()
    Z = (X - X.mean(0)) / X.std(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(1000):
        optimizer.zero_grad()
        nn.BCELoss()(model(Z), y.reshape(-1, 1)).backward()
        optimizer.step()
    return model
