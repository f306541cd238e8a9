# what: half cure: clears before the loops alone
# expect: accumulate 0

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    optimizer.zero_grad()
    for _ in range(n_epochs):
        for X, y in batches:
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
