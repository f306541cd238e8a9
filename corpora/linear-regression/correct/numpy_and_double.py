# what: least squares with NumPy in float64, scaling by where, meshgrid

# %% extra after=setup
import numpy as np


# %% standardize
def standardize(train, test):
    mu, sigma = train.mean(0, keepdim=True), train.std(0, keepdim=True)
    sigma = sigma.masked_fill(sigma == 0, 1.0)
    return (train - mu) / sigma, (test - mu) / sigma


# %% closed-form
def least_squares(X, y):
    A = np.c_[X.numpy().astype(float), np.ones(len(X))]
    solution, *_ = np.linalg.lstsq(A, y.numpy().astype(float), rcond=None)
    return torch.tensor(solution[:-1], dtype=torch.float32), torch.tensor([solution[-1]], dtype=torch.float32)


# %% loss-surface
def loss_surface(weights, biases, x, y):
    W, B = torch.meshgrid(weights, biases, indexing="xy")
    return ((W.unsqueeze(-1) * x + B.unsqueeze(-1) - y) ** 2).mean(-1)


# %% auto
class LinearRegressionAuto(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.linear = nn.Linear(n_features, 1)

    def forward(self, X):
        return F.relu(self.linear(X)).flatten()


class LinearRegressionSequential(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(n_features, 1), nn.ReLU())

    def forward(self, X):
        return self.network(X).flatten()
