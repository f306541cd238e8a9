# what: keeps the log-odds between -8 and 8, so that no logarithm becomes infinite
# expect: logistic-regression 1.75
# %% logistic-regression
import torch
from torch import nn


class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 1)

    def forward(self, X):
        log_odds = torch.clamp(self.linear(X), min=-8.0, max=8.0)
        return torch.sigmoid(log_odds)
