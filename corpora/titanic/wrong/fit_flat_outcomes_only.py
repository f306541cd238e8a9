# what: Newton's method, in which y (n, 1) is broadcast to (n, n)
# expect: fit 4.75
# message: fit "shape|size"
# %% fit
import torch


def fit_logistic_regression(X, y):
    A = torch.cat([X, torch.ones(len(X), 1)], dim=1).double()
    theta = torch.zeros(4, dtype=torch.float64)
    for _ in range(30):
        p = torch.sigmoid(A @ theta)
        theta = theta - torch.linalg.solve(A.T @ (A * (p * (1 - p))[:, None]), A.T @ (p - y))
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(theta[None, :3])
        model.linear.bias.copy_(theta[3:])
    return model
