# what: eval() turns the relu of one module off; the other one cuts predictions at 10
# expect: auto 1.5
# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.linear = nn.Linear(n_features, 1)

    def forward(self, X):
        z = self.linear(X)[:, 0]
        return torch.relu(z) if self.training else z


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(n_features, 1), nn.ReLU())

    def forward(self, X):
        return self.network(X)[:, 0].clamp(max=10)
