# what: the loss is weighted with the loader's batch size
# expect: train-epoch 4.25
# message: train-epoch "loader's batch size"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        logits = network(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * loader.batch_size
        right += (logits.argmax(1) == y).sum().item()
        n += len(y)
    return total / n, right / n
