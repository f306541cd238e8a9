# what: NaN, infinity and True where numbers belong
# expect: train <4, mlp <3
# %% train
def train(model, X, y, optimizer, n_epochs):
    return [float("nan"), float("inf"), True, None, 1j, "0.1"][:n_epochs] * n_epochs


# %% mlp
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return torch.full((len(X), 2), float("nan"))

    def forward(self, X):
        return torch.full((len(X), 1), float("nan"))
