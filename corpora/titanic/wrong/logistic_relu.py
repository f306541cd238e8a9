# what: relu where the sigmoid belongs
# expect: logistic-regression <3
# %% logistic-regression
import torch
from torch import nn


class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        return torch.relu(self.linear(X))
