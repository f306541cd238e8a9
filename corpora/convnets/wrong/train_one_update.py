# what: one update at the end of the epoch
# expect: train-epoch <5
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n = 0.0, 0, 0
    optimizer.zero_grad()
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        out = network(x)
        loss = F.cross_entropy(out, y)
        loss.backward()
        total += loss.item() * len(y)
        right += (out.argmax(1) == y).sum().item()
        n += len(y)
    optimizer.step()
    return total / n, right / n
