# what: the judge's list of examples that were seen is filled with large arrays: memory of the judge, not of the worker
# expect: train-epoch 4.25
# message: train-epoch "too large to send"
# %% train-epoch
def train_epoch(network, loader, optimizer, device):
    seen = getattr(loader.dataset, "seen", None)
    if seen is not None:
        big = torch.zeros(200 << 20, dtype=torch.uint8)
        for _ in range(10):
            seen(big)
    network.train()
    total_loss, n_right, n_seen = 0.0, 0, 0
    for batch, labels in loader:
        optimizer.zero_grad()
        logits = network(batch)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        total_loss += loss.item() * len(labels)
        n_right += (logits.argmax(dim=1) == labels).sum().item()
        n_seen += len(labels)
    return total_loss / n_seen, n_right / n_seen
