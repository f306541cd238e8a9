# what: activation and layer in the wrong order
# expect: auto 1.5
# message: auto "comes before the linear layer"

# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.linear = nn.Linear(n_features, 1)

    def forward(self, X):
        return torch.relu(self.linear(X)).squeeze(1)


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.network = nn.Sequential(nn.ReLU(), nn.Linear(n_features, 1))

    def forward(self, X):
        return self.network(X).squeeze(1)
