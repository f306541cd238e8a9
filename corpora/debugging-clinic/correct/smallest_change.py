# what: each patient with the fewest characters changed

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((model(X).squeeze(1) - y.view(-1)) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    pass
    histories = []
    for model in models:
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
        losses = []
        for _ in range(n_epochs):
            pass
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        histories.append(losses)
    return histories


# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            loss = F.mse_loss(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


# %% first-batch
def cure_first_batch(model, loader, optimizer):
    total, correct, seen = 0.0, 0, 0
    for X, y in iter(loader):
        optimizer.zero_grad()
        logits = model(X)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        correct += (logits.argmax(dim=1) == y).sum().item()
        seen += len(y)
    return total / seen, correct / seen


# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(F.log_softmax(model(X), dim=1), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, F.softmax(model(X), dim=1)


# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(n_inputs, width)
            self.hidden = nn.ModuleList([nn.Linear(width, width) for _ in range(n_hidden)])
            self.weight = nn.Parameter(torch.randn(width, n_outputs) / math.sqrt(width))
            self.bias = nn.Parameter(torch.zeros(n_outputs))

        def forward(self, X):
            X = torch.relu(self.first(X))
            for layer in self.hidden:
                X = torch.relu(layer(X))
            return X @ self.weight + self.bias

    return Network()


# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_layers - 2):
        layers += [nn.Linear(width, width), nn.ReLU()]
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)


# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    fit(model, (X_train - mean) / std, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return (logits.argmax(dim=1) == y_test).float().mean().item()
