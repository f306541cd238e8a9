# what: no relu in either module
# expect: auto 1.5
# message: auto "relu is missing"
# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features: int):
        super().__init__()
        self.linear = nn.Linear(n_features, 1)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.linear(X).squeeze(1)


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features: int):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(n_features, 1))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.network(X).squeeze(1)
