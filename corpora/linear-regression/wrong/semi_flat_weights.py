# what: the weights have the shape (n_features,) instead of (n_features, 1)
# expect: semi 2.25
# message: semi "should have shape (400, 1)"
# %% semi
class LinearRegressionSemi:
    def __init__(self, n_features):
        self.weights = (0.1 * torch.randn(n_features)).requires_grad_()
        self.bias = (0.1 * torch.rand(1)).requires_grad_()

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias)

    def backward(self, X, yhat, y):
        return torch.autograd.grad(F.mse_loss(yhat, y), (self.weights, self.bias))
