# what: sigmoid twice
# expect: logistic-regression <3
# %% logistic-regression
import torch
from torch import nn


class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return torch.sigmoid(torch.sigmoid(self.linear(X)))
