# what: replaces the course's checks and data by its own
# expect: mlp <3
# %% extra after=setup
import sys
import types

for name in ("course.checks", "course.data"):
    module = sys.modules.get(name)
    if module is not None:
        for attribute in list(vars(module)):
            if callable(getattr(module, attribute)) and not attribute.startswith("__"):
                setattr(module, attribute, lambda *args, **kwargs: True)
# %% mlp
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        pass
        return torch.zeros(len(X), 2)

    def forward(self, X):
        pass
        return torch.zeros(len(X), 1)
