# what: (n, 1) from both
# expect: auto 2.25
# message: auto "shape"

# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.linear = nn.Linear(n_features, 1)

    def forward(self, X):
        return torch.relu(self.linear(X))


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(n_features, 1), nn.ReLU())

    def forward(self, X):
        return self.network(X)
