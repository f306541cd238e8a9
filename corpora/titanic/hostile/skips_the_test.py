# what: raises pytest's own skip, xfail and exit
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
        import _pytest.outcomes as outcomes; raise outcomes.Skipped('not today')
        return torch.zeros(len(X), 2)

    def forward(self, X):
        import _pytest.outcomes as outcomes; raise outcomes.Skipped('not today')
        return torch.zeros(len(X), 1)
