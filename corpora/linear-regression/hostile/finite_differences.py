# what: differences instead of a gradient, in float32
# expect: manual 3.25

# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        pass
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = 0.1 * torch.rand(1)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        def loss(w, b):
            return F.mse_loss(torch.relu(X @ w + b).view(-1), y)
        h = 1e-4
        base = loss(self.weights, self.bias)
        gw = torch.stack([(loss(self.weights + h * e.view(-1, 1), self.bias) - base) / h for e in torch.eye(len(self.weights))])
        return gw.view(-1, 1), ((loss(self.weights, self.bias + h) - base) / h).view(1)
