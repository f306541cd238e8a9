# what: rounds the figures to two decimals
# expect: first-batch 2.25
# message: first-batch "rounded"

# %% first-batch
def cure_first_batch(model, loader, optimizer):
    total, correct, seen = 0.0, 0, 0
    for X, y in loader:
        optimizer.zero_grad()
        logits = model(X)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        correct += (logits.argmax(dim=1) == y).sum().item()
        seen += len(y)
    return round(total / seen, 2), round(correct / seen, 2)
