# what: the network asks for 8 GiB in one piece
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
        return torch.empty(1 << 31)[: len(X)].reshape(-1, 1).repeat(1, 2)

    def forward(self, X):
        return torch.empty(1 << 31)[: len(X)].reshape(-1, 1)
