# what: asking the network for its hidden values never ends
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
        while True:
            try:
                while True:
                    pass
            except BaseException:
                continue

    def forward(self, X):
        return torch.sigmoid(self.linear_2(torch.sigmoid(self.linear_1(X))))
