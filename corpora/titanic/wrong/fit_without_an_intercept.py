# what: resets the intercept to zero at each step
# expect: fit <5
# %% fit
import numpy as np
import torch
from torch import nn


def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.Adam([model.linear.weight], lr=0.05)
    with torch.no_grad():
        model.linear.bias.zero_()
    train(model, X, y, optimizer, 1500)
    return model
