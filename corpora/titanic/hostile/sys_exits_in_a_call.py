# what: sys.exit(0) in the middle of a call
# expect: mlp <3
# %% mlp
import sys
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        sys.exit(0)
        return torch.zeros(len(X), 2)

    def forward(self, X):
        sys.exit(0)
        return torch.zeros(len(X), 1)
