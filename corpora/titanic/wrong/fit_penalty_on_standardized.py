# what: weight_decay of 0.01 on standardised features
# expect: fit 0
# message: fit "a fit with a penalty"
# %% fit
import torch
from torch import nn


def fit_logistic_regression(X: torch.Tensor, y: torch.Tensor) -> LogisticRegressionPytorch:
    mu = X.mean(0)
    sigma = X.std(0)
    Z = (X - mu) / sigma
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05, weight_decay=0.01)
    train(model, Z, y, optimizer, 3000)
    with torch.no_grad():
        model.linear.weight.div_(sigma)
        model.linear.bias.sub_((model.linear.weight[0] * mu).sum())
    return model
