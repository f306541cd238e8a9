# what: softmax over a single output: always 1
# expect: logistic-regression <3
# %% logistic-regression
import torch
from torch import nn


class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return torch.softmax(self.linear(X), dim=-1)
