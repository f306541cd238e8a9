# what: a new loader of the same data set, which does not draw as the one that is given
# expect: evaluate 3.5
# message: evaluate "from `loader` itself"
# %% evaluate
def evaluate(network, loader, device):
    mode = network.training
    network.eval()
    losses = hits = count = 0
    with torch.no_grad():
        for images, labels in DataLoader(loader.dataset, batch_size=100):
            logits = network(images.to(device))
            losses += F.cross_entropy(logits, labels.to(device), reduction="sum").item()
            hits += (logits.argmax(dim=1) == labels.to(device)).sum().item()
            count += len(labels)
    network.train(mode)
    return losses / count, hits / count
