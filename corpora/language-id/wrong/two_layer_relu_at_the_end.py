# what: relu after the output, too
# expect: two-layer 1..1.25

# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.a = nn.Linear(n_in, n_hidden)
        self.b = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return torch.relu(self.b(torch.relu(self.a(x))))
