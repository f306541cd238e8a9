# what: multiplies the weights by the deviations on the way back
# expect: fit <=1.75
# message: fit "multiplied by the standard deviations"
# %% fit
import torch
from torch import nn


def fit_logistic_regression(X: torch.Tensor, y: torch.Tensor) -> LogisticRegressionPytorch:
    mean = X.mean(dim=0)
    std = X.std(dim=0)
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    train(model, (X - mean) / std, y, optimizer, 2000)
    with torch.no_grad():
        w = model.linear.weight * std
        b = model.linear.bias - (w * mean).sum()
        model.linear.weight.copy_(w)
        model.linear.bias.copy_(b)
    return model
