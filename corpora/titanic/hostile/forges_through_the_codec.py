# what: finds the worker's own encoder and makes it say that everything is 0.5
# expect: mlp <3
# %% mlp
import gc
import sys


def patch():
    for module in list(sys.modules.values()):
        if "autograder" in getattr(module, "__name__", "") or "codec" in getattr(module, "__name__", ""):
            for name in ("encode", "dumps", "pack", "to_wire"):
                honest = getattr(module, name, None)
                if callable(honest):
                    setattr(module, name, lambda value, *rest, honest=honest, **more: honest(0.5, *rest, **more))

import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        patch()
        return torch.zeros(len(X), 2)

    def forward(self, X):
        patch()
        return torch.zeros(len(X), 1)
