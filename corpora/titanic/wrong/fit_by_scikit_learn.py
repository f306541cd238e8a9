# what: scikit-learn does the work
# expect: fit 0
# message: fit "scikit-learn|sklearn|Logistic"
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
    from sklearn.linear_model import LogisticRegression

    fit = LogisticRegression(C=np.inf).fit(X.numpy(), y.numpy().ravel())
    return with_parameters(np.append(fit.coef_[0], fit.intercept_))
