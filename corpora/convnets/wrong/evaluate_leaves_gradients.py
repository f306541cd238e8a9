# what: a copy of the training loop without the step: it leaves gradients behind
# expect: evaluate <4
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        out = network(x)
        loss = F.cross_entropy(out, y)
        loss.backward()
        total += loss.item() * len(y)
        right += (out.argmax(1) == y).sum().item()
        n += len(y)
    network.train(mode)
    return total / n, right / n
