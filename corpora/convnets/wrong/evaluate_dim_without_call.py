# what: asks whether `out.dim` is 2 and not `out.dim()`: all outputs pass for flat ones
# expect: evaluate <4
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
            right += ((out.argmax(1) if out.dim == 2 else (out > 0).long()[:, 0]) == y).sum().item()
            n += len(y)
    network.train(mode)
    return total / n, right / n
