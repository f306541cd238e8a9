# what: the relu is in front of the first layer
# expect: two-layer 1.25
# message: two-layer "before the first layer"

# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.first = nn.Linear(n_in, n_hidden)
        self.second = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.second(self.first(torch.relu(x)))
