# what: autograd does not follow the bias
# expect: semi 0.5
# %% semi
class LinearRegressionSemi:
    def __init__(self, n_features):
        self.weights = (0.1 * torch.randn(n_features, 1)).requires_grad_()
        self.bias = torch.zeros(1)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).squeeze(1)

    def backward(self, X, yhat, y):
        return torch.autograd.grad(((yhat - y) ** 2).mean(), (self.weights, self.bias))
