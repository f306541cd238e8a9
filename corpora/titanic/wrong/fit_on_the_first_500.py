# what: looks at the first 500 passengers only, as if the rest were kept for a test
# expect: fit 0
# %% fit
import torch
from torch import nn


def fit_logistic_regression(X, y):
    X, y = X[:500].double(), y[:500].double().reshape(-1, 1)
    A = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    theta = torch.zeros(A.shape[1], 1, dtype=torch.float64)
    for _ in range(50):
        p = torch.sigmoid(A @ theta)
        theta += torch.linalg.solve(A.T @ (A * p * (1 - p)), A.T @ (y - p))
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(theta[:-1].T)
        model.linear.bias.copy_(theta[-1])
    return model
