# what: as in a public solution: `backward` takes X, y, yhat, in this order
# expect: manual 3.25
# message: manual "changed places"
# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = 0.1 * torch.rand(1)

    def forward(self, X):
        return F.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, y, yhat):
        delta = 2 * (yhat - y) * (yhat > 0) / len(y)
        return X.T @ delta.view(-1, 1), delta.sum().view(1)
