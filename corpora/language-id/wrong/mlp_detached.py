# what: computes the hidden units without a graph
# expect: mlp 2.25
# message: mlp "no gradient"
# %% mlp
import torch
from torch import nn


class MultilayerPerceptron(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.fc1 = nn.Linear(input_dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, output_dim)

    def forward(self, x, apply_softmax=False):
        with torch.no_grad():
            hidden = torch.relu(self.fc1(x))
        scores = self.fc2(hidden)
        return torch.softmax(scores, dim=-1) if apply_softmax else scores
