# what: breaks learning: clears between backward and step
# expect: accumulate 0

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            losses.append(loss.item())
    return losses
