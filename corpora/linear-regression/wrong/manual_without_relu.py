# what: a linear forward pass
# expect: manual 4.25

# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        pass
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = 0.1 * torch.rand(1)

    def forward(self, X):
        return (X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        g = 2 * (yhat - y) * (yhat > 0)
        return X.T @ g.view(-1, 1) / len(y), g.mean().view(1)
