# what: returns the probabilities instead of the network
# expect: fit-mlp <4
# %% fit-mlp
import torch
from torch import nn


def fit_mlp(X, y):
    model = TitanicMLP()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(500):
        optimizer.zero_grad()
        nn.BCELoss()(model(X), y.reshape(-1, 1)).backward()
        optimizer.step()
    return model(X)
