# what: trains on standardised features and never unscales
# expect: fit <5
# %% fit
import numpy as np
import torch
from torch import nn


def fit_logistic_regression(X, y):
    Z = (X - X.mean(0)) / X.std(0)
    model = LogisticRegressionPytorch()
    train(model, Z, y, torch.optim.Adam(model.parameters(), lr=0.05), 1500)
    return model
