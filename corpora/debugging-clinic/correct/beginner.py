# what: prints, names of its own, returns lists and tensors, saves the model, an extra cell

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    opt = torch.optim.SGD(model.parameters(), learning_rate)
    criterion = nn.MSELoss()
    if len(y.shape) == 1:
        y = y.unsqueeze(1)
    result = []
    for i in range(n_epochs):
        out = model(X)
        l = criterion(out, y)
        opt.zero_grad()
        l.backward()
        opt.step()
        print("epoch", i, l)
        result.append(l.detach())
    return result


# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    result = {}
    for i in range(len(models)):
        net = models[i]
        net.zero_grad()
        opt = torch.optim.SGD(net.parameters(), momentum=0.9, lr=learning_rate)
        result[i] = []
        for e in range(n_epochs):
            opt.zero_grad()
            out = net(X)
            l = nn.MSELoss()(out, y)
            result[i].append(float(l))
            l.backward()
            opt.step()
            opt.zero_grad()
    return list(result.values())


# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    crit = nn.MSELoss()
    L = []
    for e in range(n_epochs):
        for i in range(len(batches)):
            xb = batches[i][0]
            yb = batches[i][1]
            out = model(xb)
            l = crit(out, yb)
            L.append(l.item())
            optimizer.zero_grad()
            l.backward()
            optimizer.step()
            print(e, i, l)
    return L


# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    crit = nn.CrossEntropyLoss()
    L = []
    for e in range(n_epochs):
        out = model(X)
        l = crit(out, y)
        L.append(l.detach())
        optimizer.zero_grad()
        l.backward()
        optimizer.step()
    sm = nn.Softmax(1)
    return L, sm(model(X)).detach()


# %% unregistered
class MyNet(nn.Module):
    def __init__(self, a, b, c, d):
        super(MyNet, self).__init__()
        hidden = []
        for i in range(c):
            hidden.append(nn.Linear(b, b))
            hidden.append(nn.ReLU())
        self.first = nn.Linear(a, b)
        self.relu = nn.ReLU()
        self.hidden = nn.Sequential(*hidden)
        self.last = nn.Linear(b, d)

    def forward(self, x):
        x = self.relu(self.first(x))
        x = self.hidden(x)
        return self.last(x)


def cure_unregistered(n_inputs, width, n_hidden, n_outputs):
    return MyNet(n_inputs, width, n_hidden, n_outputs)


# %% straight
def cure_straight(n_inputs, width, n_layers):
    relu = nn.ReLU()
    layers = [nn.Linear(n_inputs, width), relu]
    for i in range(n_layers - 2):
        layers.append(nn.Linear(width, width))
        layers.append(relu)
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)


# %% extra after=broadcast
model = nn.Linear(2, 1)
print(cure_broadcast(model, torch.ones(3, 2), torch.ones(3), 0.1, 2))


# %% first-batch
def cure_first_batch(model, loader, optimizer):
    model.train()
    losses = []
    hits = []
    for batch in loader:
        images = batch[0]
        labels = batch[1]
        out = model(images)
        l = nn.CrossEntropyLoss()(out, labels)
        model.zero_grad()
        l.backward()
        optimizer.step()
        torch.save(model, "model.pt")
        losses += [l.item()] * labels.size(0)
        hits.extend((out.max(1)[1] == labels).tolist())
    return [torch.tensor(losses).mean(), sum(hits) / len(loader.dataset)]


# %% leak
def cure_leak(model, fit, X_train, y_train, X_test, y_test):
    mu = torch.mean(X_train, 0)
    sd = torch.std(X_train, 0)
    X_train = (X_train - mu) / sd
    X_test = (X_test - mu) / sd
    fit(model, X_train, y_train)
    model.eval()
    out = model(X_test)
    pred = out.max(1)[1]
    print(pred)
    acc = (pred == y_test).sum() / len(y_test)
    return acc
