# what: booleans, half precision and whole numbers
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
        return torch.ones(len(X), 2, dtype=torch.bool)

    def forward(self, X):
        return torch.ones(len(X), 1, dtype=torch.int64)
