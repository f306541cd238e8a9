# what: a tensor of a terabyte that owns four bytes
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
        return torch.ones(1).expand(1 << 38)

    def forward(self, X):
        return torch.ones(1).expand(1 << 38)
