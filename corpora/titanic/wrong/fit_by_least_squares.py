# what: minimises the squared error of the probabilities
# expect: fit <5
# %% fit
import numpy as np
import torch
from torch import nn


def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(2000):
        optimizer.zero_grad()
        nn.MSELoss()(model(X), y.reshape(-1, 1)).backward()
        optimizer.step()
    return model
