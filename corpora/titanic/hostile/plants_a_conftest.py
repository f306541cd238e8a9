# what: a conftest.py and a plugin beside the notebook that turn every failure into a pass; the network lies flat
# expect: mlp <3
# %% extra after=setup
with open("conftest.py", "w") as file:
    file.write("import pytest\n@pytest.hookimpl(tryfirst=True)\ndef pytest_runtest_makereport(item, call):\n    call.excinfo = None\n")
with open("pytest.ini", "w") as file:
    file.write("[pytest]\naddopts = --collect-only\n")
# %% mlp
import torch
from torch import nn


class TitanicMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(2, 2)
        self.linear_2 = nn.Linear(2, 1)

    def hidden(self, X):
        return torch.zeros(len(X), 2)

    def forward(self, X):
        return torch.zeros(len(X), 1)
