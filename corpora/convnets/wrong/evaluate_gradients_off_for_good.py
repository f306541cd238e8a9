# what: gradients are switched off and stay so
# expect: evaluate <=3.5
# message: evaluate "with` block"
# %% evaluate
def evaluate(network, loader, device):
    was = network.training
    network.eval()
    torch.set_grad_enabled(False)
    total, right, n = 0.0, 0, 0
    if True:
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            logits = network(x)
            total += F.cross_entropy(logits, y).item() * len(y)
            right += (logits.argmax(1) == y).sum().item()
            n += len(y)
    network.train(was)
    return total / n, right / n
