# what: the gradient of nn.Linear, by alias
# expect: manual 2

# %% manual
push = torch.Tensor.backward


class LinearRegressionManual:
    def __init__(self, n_features):
        pass
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = 0.1 * torch.rand(1)

    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    def backward(self, X, yhat, y):
        layer = nn.Linear(X.shape[1], 1)
        layer.weight.data, layer.bias.data = self.weights.T.clone(), self.bias.clone()
        push(F.mse_loss(torch.relu(layer(X)).view(-1), y))
        return layer.weight.grad.T, layer.bias.grad
