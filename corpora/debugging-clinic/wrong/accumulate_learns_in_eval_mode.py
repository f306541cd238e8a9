# what: eval mode during the training
# expect: accumulate 2.25
# message: accumulate "in eval mode while it learns"

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    model.eval()
    for _ in range(n_epochs):
        for X, y in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
