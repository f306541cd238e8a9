# what: breaks the figures: a mean over batches
# expect: first-batch 2.25

# %% first-batch
def cure_first_batch(model, loader, optimizer):
    total, correct, seen = 0.0, 0, 0
    for X, y in loader:
        optimizer.zero_grad()
        logits = model(X)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        total += loss.item()
        correct += (logits.argmax(dim=1) == y).float().mean().item()
        seen += len(y)
    return total / len(loader), correct / len(loader)
