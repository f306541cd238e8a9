# what: a softmax after the output
# expect: two-layer 1.25
# message: two-layer "softmax after the last"

# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.first = nn.Linear(n_in, n_hidden)
        self.second = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return torch.softmax(self.second(torch.relu(self.first(x))), dim=-1)
