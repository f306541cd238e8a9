# what: forgets to return the model
# expect: fit <5
# %% fit
import numpy as np
import torch
from torch import nn


def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    train(model, X, y, torch.optim.Adam(model.parameters(), lr=0.05), 500)
