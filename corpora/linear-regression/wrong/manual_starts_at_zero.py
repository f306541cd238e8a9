# what: zero weights and a zero bias: it never moves (K28)
# expect: manual 4.25
# message: manual "random"

# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        pass
        self.weights = torch.zeros(n_features, 1)
        self.bias = torch.zeros(1)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        g = 2 * (yhat - y) * (yhat > 0)
        return X.T @ g.view(-1, 1) / len(y), g.mean().view(1)
