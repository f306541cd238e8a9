# what: unscales the weights, forgets the intercept
# expect: fit <5
# %% fit
import numpy as np
import torch
from torch import nn


def fit_logistic_regression(X, y):
    mean, std = X.mean(0), X.std(0)
    model = LogisticRegressionPytorch()
    train(model, (X - mean) / std, y, torch.optim.Adam(model.parameters(), lr=0.05), 1500)
    with torch.no_grad():
        model.linear.weight /= std
    return model
