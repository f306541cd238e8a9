# what: one probability for each class instead of one for survival
# expect: logistic-regression <3
# message: logistic-regression "shape"
# %% logistic-regression
import torch
from torch import nn


class LogisticRegressionPytorch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 2)

    def forward(self, X):
        return torch.softmax(self.linear(X), dim=-1)
