# what: takes three features
# expect: mlp 2
# message: mlp "shape (2, 2)"
# %% mlp
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(3, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X: torch.Tensor) -> torch.Tensor:
        a = self.linear_1(X)
        return torch.sigmoid(a)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        h = self.hidden(X)
        return torch.sigmoid(self.linear_2(h))
