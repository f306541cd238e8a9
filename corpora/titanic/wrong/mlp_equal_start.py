# what: starts all weights at one value, so that both hidden units stay one and the same
# expect: mlp <3, fit-mlp 0..4
# message: mlp "start with the same weights"
# %% mlp
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)
        for layer in (self.linear_1, self.linear_2):
            nn.init.constant_(layer.weight, 0.1)

    def hidden(self, X):
        return torch.sigmoid(self.linear_1(X))

    def forward(self, X):
        return torch.sigmoid(self.linear_2(self.hidden(X)))
