# what: the bias goes back with weights that are not divided yet
# expect: fit 3.75
# message: fit "still those for standardized"
# %% fit
import torch
from torch import nn


def fit_logistic_regression(X: torch.Tensor, y: torch.Tensor) -> LogisticRegressionPytorch:
    mean, std = X.mean(dim=0), X.std(dim=0)
    Z = (X - mean) / std
    model = LogisticRegressionPytorch()
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy(model(Z), y.reshape(-1, 1))
        loss.backward()
        return loss

    optimizer.step(closure)
    with torch.no_grad():
        model.linear.bias.copy_(model.linear.bias - model.linear.weight @ mean)
        model.linear.weight.copy_(model.linear.weight / std)
    return model
