# what: right values in the wrong shape, claiming the right one
# expect: mlp <3
# %% mlp
import torch
from torch import nn


class Tall(torch.Tensor):
    @property
    def shape(self):
        return torch.Size([len(self), 1])

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]

    dtype = property(lambda self: torch.float32)

    def dim(self):
        return 2


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return torch.sigmoid(self.linear_1(X))

    def forward(self, X):
        return torch.sigmoid(self.linear_2(self.hidden(X))).flatten().double().as_subclass(Tall)
