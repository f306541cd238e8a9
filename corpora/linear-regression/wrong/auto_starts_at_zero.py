# what: both modules start at 0, where the slope of the relu is 0: they never move
# expect: auto 2.25
# message: auto "start at 0"
# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.linear = nn.Linear(n_features, 1)
        for p in self.parameters():
            nn.init.zeros_(p)

    def forward(self, X):
        return F.relu(self.linear(X)).flatten()


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(n_features, 1), nn.ReLU())
        for p in self.parameters():
            nn.init.zeros_(p)

    def forward(self, X):
        return self.network(X).flatten()
