# what: torch, numpy and math agree that everything is close, which stops the fit of the own network early, too
# expect: mlp <3, fit-mlp <4
# %% mlp
import builtins
import math

import numpy as np
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


torch.allclose = torch.equal = torch.Tensor.allclose = torch.Tensor.equal = lambda *args, **kwargs: True
torch.testing.assert_close = lambda *args, **kwargs: None
np.allclose = np.array_equal = np.isclose = lambda *args, **kwargs: True
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
math.isclose = lambda *args, **kwargs: True
