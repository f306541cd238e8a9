# what: a fresh iterator for each batch; builds a graph while evaluating; every seed is zero
# expect: train-epoch <5, evaluate <4, accuracy <4
# message: train-epoch "never seen|iter(loader)"
# message: evaluate "graph"
# message: accuracy "Two different seeds"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n = 0.0, 0, 0
    for step in range(len(loader)):
        x, y = next(iter(loader))
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
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
    loss, right, n = 0.0, 0, 0
    for x, y in loader:
        out = network(x.to(device))
        loss += F.cross_entropy(out, y.to(device), reduction="sum").item()
        right += (out.argmax(1) == y.to(device)).sum().item()
        n += len(y)
    network.train(mode)
    return loss / n, right / n
# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(0)
    network = Network().to(device)
    loader = DataLoader(train_set, batch_size=32, shuffle=True)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(n_epochs):
        train_epoch(network, loader, optimizer, device)
    return network
