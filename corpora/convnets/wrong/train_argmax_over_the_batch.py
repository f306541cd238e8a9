# what: the largest of each column instead of each row: the wrong axis
# expect: train-epoch <5
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        out = network(x)
        loss = F.cross_entropy(out, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        right += (out.argmax(0) == y).sum().item()
        n += len(y)
    return total / n, right / n
