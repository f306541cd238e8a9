# what: returns (n, 1)
# expect: manual 4.5

# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        pass
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = 0.1 * torch.rand(1)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias)

    def backward(self, X, yhat, y):
        g = 2 * (yhat.view(-1) - y) * (yhat.view(-1) > 0)
        return X.T @ g.view(-1, 1) / len(y), g.mean().view(1)
