# what: tensors that autograd does not follow
# expect: semi 0.5
# message: semi "gradient"

# %% semi
class LinearRegressionSemi:
    def __init__(self, n_features):
        pass
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = torch.zeros(1)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        loss = ((yhat - y) ** 2).mean()
        return torch.autograd.grad(loss, (self.weights, self.bias))
