# what: clips the gradient
# expect: train-epoch 3.25..3.75
# message: train-epoch "is the gradient changed before the step"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        logits = network(x)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        total += loss.item() * len(y)
        right += (logits.argmax(dim=1) == y).sum().item()
        n += len(y)
    return total / n, right / n
