# what: three linear layers
# expect: two-layer 0.75
# message: two-layer "numbers to learn"

# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.a = nn.Linear(n_in, n_hidden)
        self.c = nn.Linear(n_hidden, n_hidden)
        self.b = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        return self.b(torch.relu(self.c(torch.relu(self.a(x)))))
