"""Runs next to the student's code, sent there as source: what a student of `titanic` does not define."""

import torch
from torch import nn


class TwoLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(4, 3)
        self.linear_2 = nn.Linear(3, 1)

    def forward(self, X):
        return torch.sigmoid(self.linear_2(torch.tanh(self.linear_1(X))))


def optimizer_maker(kind, rate, start):
    """A `make_optimizer` that first puts the model at `start`, so that its epochs can be counted by the judge, too."""

    def make(parameters):
        parameters = list(parameters)
        if start is not None:
            with torch.no_grad():
                for parameter in parameters:
                    parameter.copy_(start[:3] if parameter.dim() == 2 else start[3:])
        return getattr(torch.optim, kind)(parameters, lr=rate)

    return make
