# what: half cure: one iterator, and one batch too few
# expect: first-batch 0
# message: first-batch "last batch is left out"

# %% first-batch
def cure_first_batch(model, loader, optimizer):
    total, correct, seen = 0.0, 0, 0
    batches = iter(loader)
    for _ in range(len(loader) - 1):
        X, y = next(batches)
        optimizer.zero_grad()
        logits = model(X)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        correct += (logits.argmax(dim=1) == y).sum().item()
        seen += len(y)
    return total / seen, correct / seen
