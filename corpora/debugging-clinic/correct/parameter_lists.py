# what: bare parameters in a ParameterList, gelu, one optimizer that forgets gradients

# %% unregistered
class Bare(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        pairs = list(zip(sizes[:-1], sizes[1:]))
        self.W = nn.ParameterList([nn.Parameter(torch.randn(a, b) * (2 / a) ** 0.5) for a, b in pairs])
        for i, (_, b) in enumerate(pairs):  # these come first among the parameters
            setattr(self, f"b{i}", nn.Parameter(torch.zeros(1, b)))

    def forward(self, X):
        for i in range(len(self.W)):
            X = X @ self.W[i] + getattr(self, f"b{i}")
            if i < len(self.W) - 1:
                X = X.clamp(min=0)
        return X


def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    return Bare([n_inputs] + [width] * (n_hidden + 1) + [n_outputs])


# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.Softplus()]
    for _ in range(n_layers - 2):
        layers += [nn.Linear(width, width), nn.GELU()]
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)


# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    every = [p for m in models for p in m.parameters()]
    for p in every:
        p.grad = None
    optimizer = torch.optim.SGD(every, lr=learning_rate, momentum=0.9)
    histories = []
    for model in models:
        pass
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
    optimizer.zero_grad()
    for _ in range(n_epochs):
        for X, y in batches:
            optimizer.zero_grad(set_to_none=False)
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


# %% first-batch
def cure_first_batch(model, loader, optimizer):
    total, correct, seen = 0.0, 0, 0
    batches = iter(loader)
    for _ in range(len(loader)):
        X, y = next(batches)
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
        loss = nn.CrossEntropyLoss(reduction="sum")(model(X), y) / len(y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, model(X).softmax(1)


# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean, std = X_train.mean(dim=0), X_train.std(dim=0)
    fit(model, torch.sub(X_train, mean).div(std), y_train)
    for module in model.modules():
        module.eval()
    with torch.no_grad():
        logits = model((X_test - mean).div(std))
    return (logits.argmax(dim=1) == y_test).float().mean().item()


# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = nn.MSELoss()(model(X), y.view(len(y), 1))
        loss.backward()
        optimizer.step()
        losses.append(loss.detach().numpy().item())
    return losses
