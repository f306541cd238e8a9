# what: learns from the sum over the batch, reports the mean
# expect: train-epoch <5
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        out = network(x)
        loss = F.cross_entropy(out, y, reduction="sum")
        loss.backward()
        optimizer.step()
        total += loss.item()
        right += (out.argmax(1) == y).sum().item()
        n += len(y)
    return total / n, right / n
