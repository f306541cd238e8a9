# what: the step of an optimizer, turned back into a gradient
# expect: manual 2

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
        optimizer = torch.optim.SGD([w, b], lr=1.0)
        F.mse_loss(torch.relu(X @ w + b).view(-1), y).backward()
        optimizer.step()
        return self.weights - w.detach(), self.bias - b.detach()
