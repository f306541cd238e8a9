# what: all four are modules, parameters instead of tensors, one optimizer for the last two

# %% manual
class LinearRegressionManual(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.weights = nn.Parameter(torch.rand(n_features, 1), requires_grad=False)
        self.bias = nn.Parameter(torch.rand(1), requires_grad=False)

    def forward(self, X):
        return F.relu(X.mm(self.weights).add(self.bias)).view(-1)

    def backward(self, X, yhat, y):
        n = y.numel()
        open_rows = ((X @ self.weights + self.bias) > 0).float()
        error = (yhat - y).reshape(-1, 1) * open_rows
        return (2 / n) * X.t() @ error, (2 / n) * error.sum(0)


# %% semi
class LinearRegressionSemi(nn.Module):
    def __init__(self, n_features):
        super().__init__()
        self.weights = nn.Parameter(torch.rand(n_features, 1))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, X):
        return F.relu(X.mm(self.weights).add(self.bias)).view(-1)

    def backward(self, X, yhat, y):
        loss = F.mse_loss(yhat, y)
        w = torch.autograd.grad(loss, self.weights, retain_graph=True)[0]
        b = torch.autograd.grad(loss, self.bias)[0]
        return w, b


# %% train
def train(model, X, y, n_epochs, learning_rate):
    history = []
    optimizer = None
    if isinstance(model, (LinearRegressionAuto, LinearRegressionSequential)):
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for epoch in range(n_epochs):
        yhat = model.forward(X)
        if optimizer is None:
            dw, db = model.backward(X, yhat, y)
            model.weights.data -= learning_rate * dw
            model.bias.data -= learning_rate * db
        else:
            optimizer.zero_grad()
            F.mse_loss(yhat, y).backward()
            optimizer.step()
        history.append(F.mse_loss(model.forward(X), y).item())
    return history
