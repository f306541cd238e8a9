# what: as in public solutions: `forward` keeps its sum for `backward`; the losses come as one tensor
# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = 0.1 * torch.rand(1)

    def forward(self, X):
        self.weighted_sum = torch.add(X @ self.weights, self.bias)
        return F.relu(self.weighted_sum).view(-1)

    def backward(self, X, yhat, y):
        is_open = (self.weighted_sum > 0).float().view(-1)
        delta = 2 * (yhat - y) * is_open / y.shape[0]
        return torch.mm(X.t(), delta.view(-1, 1)), torch.sum(delta).view(1)
# %% train
def train(model, X, y, n_epochs, learning_rate):
    cost = torch.zeros(n_epochs)
    for epoch in range(n_epochs):
        yhat = model.forward(X)
        if hasattr(model, "backward"):
            grad_weights, grad_bias = model.backward(X, yhat, y)
            model.weights.data -= learning_rate * grad_weights
            model.bias.data -= learning_rate * grad_bias
        else:
            model.zero_grad()
            torch.mean((yhat - y) ** 2).backward()
            for parameter in model.parameters():
                parameter.data -= learning_rate * parameter.grad
        cost[epoch] = torch.mean((model.forward(X) - y) ** 2).detach()
    return cost
