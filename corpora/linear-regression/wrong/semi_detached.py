# what: `forward` detaches what it returns
# expect: semi 0.5
# message: semi "What `forward` returns has no gradient"

# %% semi
class LinearRegressionSemi:
    def __init__(self, n_features):
        self.weights = (0.01 * torch.randn(n_features, 1)).requires_grad_()
        self.bias = torch.zeros(1, requires_grad=True)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).squeeze(1).detach()

    def backward(self, X, yhat, y):
        return torch.autograd.grad(((yhat - y) ** 2).mean(), [self.weights, self.bias])
