# what: plain SGD at 0.01 for 2,000 epochs on the raw ages: far from converged
# expect: fit <5
# %% fit
import numpy as np
import torch
from torch import nn


def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    train(model, X, y, torch.optim.SGD(model.parameters(), lr=0.01), 2000)
    return model
