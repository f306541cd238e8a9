# what: freezes all parameters and then unfreezes all, also those that were frozen before
# expect: evaluate 3
# message: evaluate "changes its argument"
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval().requires_grad_(False)
    losses = hits = count = 0
    with torch.no_grad():
        for images, labels in loader:
            logits = network(images.to(device))
            losses += F.cross_entropy(logits, labels.to(device), reduction="sum").item()
            hits += (logits.argmax(dim=1) == labels.to(device)).sum().item()
            count += len(labels)
    network.train(mode).requires_grad_(True)
    return losses / count, hits / count
