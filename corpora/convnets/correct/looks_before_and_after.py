# what: looks at a first batch before the loop, ends in the eval mode in which it watches the loss after each step, clears after the step
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    first, _ = next(iter(loader))
    print("batches like", tuple(first.shape))
    optimizer.zero_grad()
    total, n_right, n = 0.0, 0, 0
    for x, y in loader:
        network.train()
        x, y = x.to(device), y.to(device)
        logits = network(x)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item() * len(y)
        n_right += (logits.argmax(1) == y).sum().item()
        n += len(y)
        network.eval()
        with torch.no_grad():
            F.cross_entropy(network(x), y).item()
    return total / n, n_right / n


# %% accuracy
def train_network(train_set, n_epochs, device, seed):
    torch.manual_seed(seed)
    network = Network().to(device)
    pictures, labels = next(iter(DataLoader(train_set, batch_size=len(train_set))))
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-3)
    for _ in range(min(n_epochs, 5)):
        for part in torch.randperm(len(labels)).split(64):
            optimizer.zero_grad()
            F.cross_entropy(network(pictures[part].to(device)), labels[part].to(device)).backward()
            optimizer.step()
    return network
