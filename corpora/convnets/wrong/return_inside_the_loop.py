# what: returns after the first batch; evaluates the first batch alone
# expect: train-epoch <5, evaluate <4
# message: train-epoch "first batch"
# message: train-epoch "never seen"
# message: evaluate "first batch"
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
        return total / n, right / n
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    with torch.no_grad():
        x, y = next(iter(loader))
        out = network(x.to(device))
        loss = F.cross_entropy(out, y.to(device)).item()
        accuracy = (out.argmax(1) == y.to(device)).float().mean().item()
    network.train(mode)
    return loss, accuracy
