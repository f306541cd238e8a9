# what: autograd inside "by hand"
# expect: manual 2
# message: manual "autograd"

# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        pass
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = 0.1 * torch.rand(1)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        w = self.weights.clone().requires_grad_()
        b = self.bias.clone().requires_grad_()
        loss = F.mse_loss(torch.relu(X @ w + b).view(-1), y)
        return torch.autograd.grad(loss, (w, b))
