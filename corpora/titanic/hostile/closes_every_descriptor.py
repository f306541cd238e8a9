# what: closes all its files in the middle of a call
# expect: mlp <3
# %% mlp
import os
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        os.closerange(0, 256)
        return torch.zeros(len(X), 2)

    def forward(self, X):
        os.closerange(0, 256)
        return torch.zeros(len(X), 1)
