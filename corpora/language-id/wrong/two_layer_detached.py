# what: detaches the hidden layer, so that the first weights never learn
# expect: two-layer 1.75
# message: two-layer "no gradient"
# %% two-layer
import torch
from torch import nn


class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.first = nn.Linear(n_in, n_hidden)
        self.second = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)).detach())
