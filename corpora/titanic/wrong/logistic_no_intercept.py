# what: a linear layer without a bias
# expect: logistic-regression <3
# message: logistic-regression "made without a bias"
# %% logistic-regression
import torch
from torch import nn


class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1, bias=False)

    def forward(self, X):
        return torch.sigmoid(self.linear(X))
