# what: forgets the bias
# expect: semi 1.75

# %% semi
class LinearRegressionSemi:
    def __init__(self, n_features):
        pass
        self.weights = (0.1 * torch.randn(n_features, 1)).requires_grad_()
        self.bias = torch.zeros(1, requires_grad=True)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        loss = F.mse_loss(yhat, y)
        return torch.autograd.grad(loss, self.weights)
