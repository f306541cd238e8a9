# what: clears gradients after the update only; changes the network that it evaluates; returns more than the network
# expect: train-epoch <5, evaluate <4, accuracy <4
# message: train-epoch "not before the first"
# message: evaluate "batch|buffer|parameter"
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
        optimizer.zero_grad()
        total += loss.item() * len(y)
        right += (out.argmax(1) == y).sum().item()
        n += len(y)
    return total / n, right / n
# %% evaluate
def evaluate(network, loader, device):
    network.zero_grad()
    mode = network.training
    network.eval()
    loss, right, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            out = network(x.to(device))
            loss += F.cross_entropy(out, y.to(device), reduction="sum").item()
            right += (out.argmax(1) == y.to(device)).sum().item()
            n += len(y)
    network.train(mode)
    return loss / n, right / n
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    loader = DataLoader(train_set, batch_size=32, shuffle=True)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    history = [train_epoch(network, loader, optimizer, device) for _ in range(n_epochs)]
    return network, history
