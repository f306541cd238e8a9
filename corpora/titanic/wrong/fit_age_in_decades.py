# what: divides the ages by ten and never says so to the weight
# expect: fit <5
# %% fit
import numpy as np
import torch
from torch import nn


def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    train(model, X / torch.tensor([1.0, 10.0, 1.0]), y, torch.optim.Adam(model.parameters(), lr=0.05), 1500)
    return model
