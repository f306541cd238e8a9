# what: the same model is returned each time
# expect: fit 3.75
# message: fit "there before"
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


MODEL = LogisticRegressionPytorch()


def fit_logistic_regression(X, y):
    theta = newton(X, y)
    with torch.no_grad():
        MODEL.linear.weight.copy_(torch.tensor(theta[None, :3]))
        MODEL.linear.bias.copy_(torch.tensor(theta[3:]))
    return MODEL
