# what: half cure: clears after the update, not before the first
# expect: accumulate 2.5

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            optimizer.zero_grad()
    return losses
