# what: an exception that cannot be printed and another that never ends
# expect: mlp <3
# %% mlp
import torch
from torch import nn


class Unspeakable(Exception):
    def __str__(self):
        raise self

    __repr__ = __str__

    @property
    def args(self):
        raise self


class Verbose(Exception):
    def __str__(self):
        return "x" * 50_000_000


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        raise Verbose

    def forward(self, X):
        raise Unspeakable
