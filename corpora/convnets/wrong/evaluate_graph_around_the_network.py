# what: no_grad around the loss alone
# expect: evaluate <4
# message: evaluate "graph"
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    total, right, n = 0.0, 0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        out = network(x)
        with torch.no_grad():
            total += F.cross_entropy(out, y).item() * len(y)
            right += (out.argmax(1) == y).sum().item()
            n += len(y)
    network.train(mode)
    return total / n, right / n
