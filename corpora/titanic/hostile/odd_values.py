# what: a dictionary, a class, a module, a function
# expect: mlp <3
# %% mlp
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return {None: 1, (1, 2): torch, 'f': len}

    def forward(self, X):
        return nn.Linear
