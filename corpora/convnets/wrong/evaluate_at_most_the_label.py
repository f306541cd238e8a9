# what: counts a prediction below the label as right, too
# expect: evaluate 3.5
# message: evaluate "accuracy"
# %% evaluate
def evaluate(network, loader, device):
    was = network.training
    network.eval()
    total, right, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            logits = network(x)
            total += F.cross_entropy(logits, y).item() * len(y)
            right += (logits.argmax(1) <= y).sum().item()
            n += len(y)
    network.train(was)
    return total / n, right / n
