# what: a sigmoid in the place of the relu
# expect: auto 0.75
# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.linear = nn.Linear(n_features, 1)

    def forward(self, X):
        return torch.sigmoid(self.linear(X)).squeeze(1)


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(n_features, 1), nn.Sigmoid())

    def forward(self, X):
        return self.network(X).squeeze(1)
