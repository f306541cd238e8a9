# what: a step every other batch
# expect: train-epoch <=3.75, accuracy 0..6
# message: train-epoch "one step for each batch"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n, count = 0.0, 0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        logits = network(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        count += 1
        if count % 2 == 0:
            optimizer.step()
        total += loss.item() * len(y)
        right += (logits.argmax(1) == y).sum().item()
        n += len(y)
    return total / n, right / n
