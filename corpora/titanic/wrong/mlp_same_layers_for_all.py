# what: one hidden layer for all networks, made once
# expect: mlp 2.5
# message: mlp "share `linear_1"
# %% mlp
import torch
from torch import nn

hidden_layer = nn.Linear(2, 2)


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = hidden_layer
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return torch.sigmoid(self.linear_1(X))

    def forward(self, X):
        return torch.sigmoid(self.linear_2(self.hidden(X)))
