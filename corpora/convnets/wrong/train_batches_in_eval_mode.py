# what: eval mode, for the figures' sake
# expect: train-epoch 4.5
# message: train-epoch "eval mode while"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.eval()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        logits = network(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        right += (logits.argmax(1) == y).sum().item()
        n += len(y)
    return total / n, right / n
