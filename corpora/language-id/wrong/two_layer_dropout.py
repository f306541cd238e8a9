# what: dropout
# expect: two-layer 0.75
# message: two-layer "such as dropout"

# %% two-layer
class TwoLayerNet(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.first = nn.Linear(n_in, n_hidden)
        self.second = nn.Linear(n_hidden, n_out)
        self.dropout = nn.Dropout()

    def forward(self, x):
        return self.second(self.dropout(torch.relu(self.first(x))))
