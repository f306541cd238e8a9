# what: the bias gradient divided twice (K31)
# expect: manual 4.5

# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        pass
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = 0.1 * torch.rand(1)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        g = 2 * (yhat - y) * (yhat > 0) / len(y)
        return X.T @ g.view(-1, 1), g.mean().view(1)
