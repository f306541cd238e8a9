# what: looks at the targets to see which relu was open
# expect: manual 3.25
# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        self.weights = (0.1 * torch.randn(n_features, 1))
        self.bias = torch.zeros(1)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).squeeze(1)

    def backward(self, X, yhat, y):
        g = 2 * (yhat - y) * (y > 0) / len(y)
        return X.T @ g.unsqueeze(1), g.sum().reshape(1)
