# what: builtins turned over in the middle of a call: all, any, abs, max, isinstance, len
# expect: mlp <3
# %% mlp
import builtins


def patch():
    builtins.all = builtins.any = lambda *args, **kwargs: True
    builtins.abs = lambda value: 0.0
    builtins.max = builtins.min = lambda *args, **kwargs: 0.0
    builtins.isinstance = lambda *args: True
    builtins.AssertionError = type("Quiet", (Exception,), {})

import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        patch()
        return torch.zeros(len(X), 2)

    def forward(self, X):
        patch()
        return torch.zeros(len(X), 1)
