# what: the patient under the cure's name
# expect: first-batch 0
# message: first-batch "never learned from"

# %% first-batch
def cure_first_batch(model, loader, optimizer):
    total, correct, seen = 0.0, 0, 0
    for _ in range(len(loader)):
        X, y = next(iter(loader))
        optimizer.zero_grad()
        logits = model(X)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        correct += (logits.argmax(dim=1) == y).sum().item()
        seen += len(y)
        return total / seen, correct / seen
