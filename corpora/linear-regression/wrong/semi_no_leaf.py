# what: the weights are a product, and no leaf; whose `train` is right loses nothing there
# expect: semi 2.5
# message: semi "no leaf"

# %% semi
class LinearRegressionSemi:
    def __init__(self, n_features):
        self.weights = 0.01 * torch.randn(n_features, 1, requires_grad=True)
        self.bias = torch.zeros(1, requires_grad=True)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).squeeze(1)

    def backward(self, X, yhat, y):
        return torch.autograd.grad(((yhat - y) ** 2).mean(), [self.weights, self.bias])
