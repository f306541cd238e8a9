# what: the loss is that before the update, the right answers are those after it
# expect: train-epoch 4.5
# message: train-epoch "after the update"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, n_right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        n_right += (network(x).argmax(dim=1) == y).sum().item()
        n += len(y)
    return total / n, n_right / n
