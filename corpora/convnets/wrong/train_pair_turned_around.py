# what: the accuracy before the loss
# expect: train-epoch 3.5
# message: train-epoch "in which order is the pair"
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
        right += (out.argmax(1) == y).sum().item()
        n += len(y)
    return right / n, total / n
