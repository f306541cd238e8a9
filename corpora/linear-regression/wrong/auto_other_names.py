# what: layer and network under names of its own
# expect: auto 2.25
# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.layer = nn.Linear(n_features, 1)

    def forward(self, X):
        return torch.relu(self.layer(X)).squeeze(1)


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.model = nn.Sequential(nn.Linear(n_features, 1), nn.ReLU())

    def forward(self, X):
        return self.model(X).squeeze(1)
