# what: never clears gradients; switches gradients on after evaluating, whatever was before; no seed at all
# expect: train-epoch <5, evaluate <4, accuracy <4
# message: train-epoch "without clearing"
# message: evaluate "switched off before"
# message: accuracy "same seed"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        out = network(x)
        loss = F.cross_entropy(out, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        right += (out.argmax(1) == y).sum().item()
        n += len(y)
    return total / n, right / n
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    torch.set_grad_enabled(False)
    loss, right, n = 0.0, 0, 0
    for x, y in loader:
        out = network(x.to(device))
        loss += F.cross_entropy(out, y.to(device), reduction="sum").item()
        right += (out.argmax(1) == y.to(device)).sum().item()
        n += len(y)
    torch.set_grad_enabled(True)
    network.train(mode)
    return loss / n, right / n
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    network = Network().to(device)
    loader = DataLoader(train_set, batch_size=32, shuffle=True)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(n_epochs):
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(network(x.to(device)), y.to(device)).backward()
            optimizer.step()
    return network
