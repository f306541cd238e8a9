# what: no method hidden()
# expect: mlp <3
# message: mlp "hidden"
# %% mlp
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def forward(self, X):
        return torch.sigmoid(self.linear_2(torch.sigmoid(self.linear_1(X))))
