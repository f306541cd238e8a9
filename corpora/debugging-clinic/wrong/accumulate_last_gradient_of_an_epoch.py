# what: breaks the updates: one an epoch, with the last batch's gradient
# expect: accumulate 2
# message: accumulate "one update in each epoch"

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            losses.append(loss.item())
        optimizer.step()
    return losses
