# what: half cure: clears once in each epoch
# expect: accumulate 2

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        for X, y in batches:
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
