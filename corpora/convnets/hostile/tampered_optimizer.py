# what: turns the grader's learning rate up, replaces its weights, and trains while it evaluates
# expect: train-epoch 2.75, evaluate 2.5
# message: evaluate "parameter"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    network.train()
    total, right, n = 0.0, 0, 0
    for group in optimizer.param_groups:
        group["lr"] = group["lr"] * 3
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
    loss, right, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            out = network(x.to(device))
            loss += F.cross_entropy(out, y.to(device), reduction="sum").item()
            right += (out.argmax(1) == y.to(device)).sum().item()
            n += len(y)
        for p in network.parameters():
            p.mul_(1.01)
    network.train(mode)
    return loss / n, right / n
