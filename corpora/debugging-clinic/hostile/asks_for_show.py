# what: asks the loader for every example, and learns from the first batch alone
# expect: first-batch <=0.5

# %% first-batch
def cure_first_batch(model, loader, optimizer):
    for _ in loader:
        pass
    for _ in range(len(loader) - 1):
        optimizer.zero_grad()
        optimizer.step()
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
        return total / seen, correct / seen
