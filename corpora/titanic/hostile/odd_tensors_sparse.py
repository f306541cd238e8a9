# what: sparse and complex tensors
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
        return torch.eye(2).to_sparse()

    def forward(self, X):
        return torch.complex(torch.ones(len(X), 1), torch.ones(len(X), 1))
