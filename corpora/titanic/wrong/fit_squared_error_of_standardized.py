# what: the squared error on standardised features
# expect: fit 0
# message: fit "squared error small"
# %% fit
import torch
from torch import nn


def fit_logistic_regression(X: torch.Tensor, y: torch.Tensor) -> LogisticRegressionPytorch:
    mean, std = X.mean(dim=0), X.std(dim=0)
    Z = (X - mean) / std
    t = y.reshape(-1, 1)
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    loss_fn = nn.MSELoss()
    for epoch in range(3000):
        optimizer.zero_grad()
        loss = loss_fn(model(Z), t)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        model.linear.weight.copy_(model.linear.weight / std)
        model.linear.bias.copy_(model.linear.bias - model.linear.weight @ mean)
    return model
