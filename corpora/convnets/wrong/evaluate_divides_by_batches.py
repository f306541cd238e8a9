# what: divides sums over examples by the number of batches
# expect: evaluate <4
# message: evaluate "number of batches"
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    total, right, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            out = network(x)
            total += F.cross_entropy(out, y).item() * len(y)
            right += (out.argmax(1) == y).sum().item()
            n += len(y)
    network.train(mode)
    return total / len(loader), right / len(loader)
