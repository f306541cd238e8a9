# what: clears the gradients, and sums the squares over the outputs
# expect: accumulate 2.25
# message: accumulate "sum over the outputs"

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y, reduction="sum") / len(y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
