# what: tensors on the meta device and of no size
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
        return torch.empty(len(X), 2, device='meta')

    def forward(self, X):
        return torch.empty(0, 1)
