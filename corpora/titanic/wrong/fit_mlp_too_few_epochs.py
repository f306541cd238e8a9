# what: two hundred epochs of Adam at its default rate
# expect: fit-mlp <4
# %% fit-mlp
import torch
from torch import nn


def fit_mlp(X, y):
    model = TitanicMLP()
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(200):
        optimizer.zero_grad()
        nn.BCELoss()(model(X), y.reshape(-1, 1)).backward()
        optimizer.step()
    return model
