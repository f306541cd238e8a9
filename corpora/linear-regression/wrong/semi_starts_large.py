# what: the start has the size of randn itself
# expect: semi 2.5
# message: semi "should be small"
# %% semi
class LinearRegressionSemi:
    def __init__(self, n_features):
        self.weights = torch.randn(n_features, 1, requires_grad=True)
        self.bias = torch.randn(1, requires_grad=True)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        return torch.autograd.grad(F.mse_loss(yhat, y), (self.weights, self.bias))
