# what: bias=False
# expect: auto 2.25
# message: auto "made without a bias"

# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.linear = nn.Linear(n_features, 1, bias=False)

    def forward(self, X):
        return torch.relu(self.linear(X)).squeeze(1)


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(n_features, 1, bias=False), nn.ReLU())

    def forward(self, X):
        return self.network(X).squeeze(1)
