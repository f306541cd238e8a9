# what: nn.Linear answers 0 for everyone after the last cell
# expect: mlp <3
# %% mlp
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)
        self.linear_1.forward = self.linear_2.forward = lambda X: torch.zeros(len(X), 1)

    def hidden(self, X):
        return self.linear_1(X)

    def forward(self, X):
        return self.linear_2(X)
