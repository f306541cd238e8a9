# what: half cure: the weights are set to 0, not their gradients
# expect: accumulate 0
# message: accumulate "weights themselves"

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            for p in model.parameters():
                p.grad = None
                p.data.zero_()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
