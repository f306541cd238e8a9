# what: text that no encoding takes, with terminal codes and HTML
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
        return '\ud800\x00\x1b[2J<script>alert(1)</script>'

    def forward(self, X):
        return (_ for _ in ()).throw(ValueError('\ud800\x00\x1b[2J<script>alert(1)</script>'))
