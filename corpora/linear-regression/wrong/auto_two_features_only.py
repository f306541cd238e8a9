# what: two features, whatever `n_features` is
# expect: auto 1.5
# message: auto "should have shape"

# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def forward(self, X):
        return torch.relu(self.linear(X)).squeeze(1)


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(2, 1), nn.ReLU())

    def forward(self, X):
        return self.network(X).squeeze(1)
