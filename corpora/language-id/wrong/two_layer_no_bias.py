# what: the layers have no bias
# expect: two-layer 0.75
# message: two-layer "numbers to learn"

# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.first = nn.Linear(n_in, n_hidden, bias=False)
        self.second = nn.Linear(n_hidden, n_out, bias=False)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))
