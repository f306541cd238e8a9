# what: returns the coefficients instead of the model
# expect: fit <5
# %% fit
import numpy as np
import torch
from torch import nn


def fit_logistic_regression(X, y):
    A = np.column_stack([X.numpy(), np.ones(len(X))]).astype(float)
    t = y.numpy().ravel()
    theta = np.zeros(4)
    for _ in range(30):
        p = 1 / (1 + np.exp(-A @ theta))
        theta += np.linalg.solve(A.T @ (A * (p * (1 - p))[:, None]), A.T @ (t - p))
    return theta
