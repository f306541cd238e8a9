# what: losses by formula, gradients taken and written by the model, tanh

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = (model(X)[:, 0] - y.flatten()).square().sum() / len(X)
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return losses


# %% stranger
def one_history(model, X, y, learning_rate, n_epochs):
    velocity = [torch.zeros_like(p) for p in model.parameters()]
    losses = []
    for _ in range(n_epochs):
        loss = ((model(X) - y) ** 2).mean()
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for p, v, g in zip(model.parameters(), velocity, gradients):
                v.mul_(0.9).add_(g)
                p -= learning_rate * v
        losses.append(float(loss))
    return losses


def cure_stranger(models, X, y, learning_rate, n_epochs):
    return [one_history(model, X, y, learning_rate, n_epochs) for model in models]


# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    history = []
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for epoch in range(n_epochs):
        for inputs, targets in batches:
            error = ((model(inputs) - targets) ** 2).mean()
            for p, g in zip(parameters, torch.autograd.grad(error, parameters)):
                p.grad = g
            optimizer.step()
            history.append(error.detach())
    return [float(error) for error in history]


# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    rows = torch.arange(len(y))
    for _ in range(n_epochs):
        z = model(X)
        loss = (torch.logsumexp(z, dim=1) - z[rows, y]).mean()
        model.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach().item())
    return losses, torch.exp(F.log_softmax(model(X), dim=1)).detach()


# %% first-batch
def cure_first_batch(model, loader, optimizer):
    losses, hits = [], []
    for inputs, labels in loader:
        logs = F.log_softmax(model(inputs), dim=-1)
        each = -logs.gather(1, labels[:, None])[:, 0]
        optimizer.zero_grad(set_to_none=True)
        each.mean().backward()
        optimizer.step()
        losses.append(each.detach())
        hits.append((logs.argmax(-1) == labels).float())
    return float(torch.cat(losses).mean()), float(torch.cat(hits).mean())


# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(n_inputs, width)
            for k in range(n_hidden):
                self.add_module(f"hidden_{k}", nn.Linear(width, width))
            self.out = nn.Linear(width, n_outputs)

        def forward(self, X):
            X = F.relu(self.first(X))
            for k in range(n_hidden):
                X = F.relu(getattr(self, f"hidden_{k}")(X))
            return self.out(X)

    return Net()


# %% straight
class Deep(nn.Module):
    def __init__(self, n_inputs, width, n_layers):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Linear(n_inputs if i == 0 else width, 1 if i == n_layers - 1 else width)
            for i in range(n_layers)
        )

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = torch.tanh(layer(X))
        return self.layers[-1](X)


def cure_straight(n_inputs, width, n_layers):
    return Deep(n_inputs, width, n_layers)


# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    n = len(X_train)
    mean = X_train.sum(0) / n
    std = (((X_train - mean) ** 2).sum(0) / n).sqrt()
    fit(model, (X_train - mean) / std, y_train)
    model.train(False)
    right = 0
    for row, label in zip(X_test, y_test):
        right += int(model(((row - mean) / std)[None]).argmax().item() == label.item())
    return right / len(y_test)
