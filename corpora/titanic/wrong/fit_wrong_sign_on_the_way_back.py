# what: the means are added to the bias, not subtracted
# expect: fit <=3.75
# message: fit "the wrong sign in your bias"
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
    mean, spread = X.mean(dim=0), X.std(dim=0)
    theta = newton((X - mean) / spread, y)
    theta[:3] /= spread.numpy()
    theta[3] += theta[:3] @ mean.numpy()
    return with_parameters(theta)
