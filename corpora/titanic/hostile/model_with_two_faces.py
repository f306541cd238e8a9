# what: a fitted model whose weights are one thing when read by its own code and another when asked again
# expect: fit <5
# %% fit
import torch
from torch import nn


class Shifting(nn.Linear):
    def __getattr__(self, name):
        if name == "weight":
            return nn.Parameter(torch.randn(1, 3))
        if name == "bias":
            return nn.Parameter(torch.randn(1))
        return super().__getattr__(name)


def fit_logistic_regression(X, y):
    model = LogisticRegressionPytorch()
    model.linear = Shifting(3, 1)
    return model
