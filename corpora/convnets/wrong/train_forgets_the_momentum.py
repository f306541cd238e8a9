# what: forgets the optimizer's momentum at the start of each epoch
# expect: train-epoch 3.75
# message: train-epoch "keep its memory"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    optimizer.state.clear()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        logits = network(x)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        right += (logits.argmax(dim=1) == y).sum().item()
        n += len(y)
    return total / n, right / n
