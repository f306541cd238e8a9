# what: ready-made containers, one loop over a list of batches, sigmoid and in-place relu

# %% unregistered
def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_hidden):
        layers += [nn.Linear(width, width), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.Linear(width, n_outputs))


# %% straight
def cure_straight(n_inputs, width, n_layers):
    layers = [nn.Linear(n_inputs, width), nn.Sigmoid()]
    for _ in range(n_layers - 2):
        layers += [nn.Linear(width, width), nn.ReLU(inplace=True)]
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)


# %% first-batch
def cure_first_batch(model, loader, optimizer):
    total, correct, seen = 0.0, 0, 0
    for X, y in list(loader):
        optimizer.zero_grad()
        logits = model(X)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        correct += (logits.argmax(dim=1) == y).sum().item()
        seen += len(y)
    return total / seen, correct / seen


# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mean = X_train.mean(0, keepdim=True)
    std = X_train.std(0, keepdim=True) + 1e-8
    fit(model, (X_train - mean) / std, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return (logits.argmax(dim=1) == y_test).float().mean().item()


# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    targets = y if y.ndim == 2 else y[:, None]
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.mse_loss(model(X), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            model.zero_grad(set_to_none=True)
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = nn.NLLLoss()(nn.LogSoftmax(dim=1)(model(X)), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, nn.Sequential(model, nn.Softmax(dim=-1))(X)


# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    optimizers = [torch.optim.SGD(m.parameters(), lr=learning_rate, momentum=0.9) for m in models]
    histories = []
    for model in models:
        optimizer = optimizers[len(histories)]
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
