# what: a penalty on the weights, as scikit-learn has by default
# expect: fit <5
# %% fit
import numpy as np
import torch
from torch import nn


def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05, weight_decay=1 / len(X))
    train(model, X, y, optimizer, 1500)
    return model
