# what: the layers have names of their own
# expect: mlp <3
# message: mlp "linear_1"
# %% mlp
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden_layer = nn.Linear(2, 2)
        self.output_layer = nn.Linear(2, 1)

    def hidden(self, X):
        return torch.sigmoid(self.hidden_layer(X))

    def forward(self, X):
        return torch.sigmoid(self.output_layer(self.hidden(X)))
