# what: the largest of each column instead of each row, which fails where a batch has another size
# expect: evaluate 3
# message: evaluate "must match the size"
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    loss, right, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            out = network(x)
            loss += F.cross_entropy(out, y, reduction="sum").item()
            right += (out.argmax(dim=0) == y).sum().item()
            n += len(y)
    network.train(mode)
    return loss / n, right / n
