# what: the outcome is turned around
# expect: fit <=1
# message: fit "those who died"
# %% fit
import numpy as np
import torch


def newton(X, y):
    A = np.column_stack([X.numpy(), np.ones(len(X))]).astype(float)
    t, theta = y.numpy().ravel(), np.zeros(4)
    for _ in range(40):
        p = 1 / (1 + np.exp(-A @ theta))
        theta += np.linalg.solve(A.T @ (A * (p * (1 - p))[:, None]), A.T @ (t - p))
    return theta


def with_parameters(theta):
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.tensor(theta[None, :3]))
        model.linear.bias.copy_(torch.tensor(theta[3:]))
    return model


def fit_logistic_regression(X, y):
    return with_parameters(newton(X, 1 - y))
