# what: the formula again
# expect: semi 2.25
# message: semi "autograd"

# %% semi
class LinearRegressionSemi:
    def __init__(self, n_features):
        pass
        self.weights = (0.1 * torch.randn(n_features, 1)).requires_grad_()
        self.bias = torch.zeros(1, requires_grad=True)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        g = 2 * (yhat - y) * (yhat > 0)
        return (X.T @ g.view(-1, 1) / len(y)).detach(), g.mean().view(1).detach()
