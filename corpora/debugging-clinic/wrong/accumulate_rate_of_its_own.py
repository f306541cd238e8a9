# what: breaks the caller's optimizer: another one at a rate of its own
# expect: accumulate 0
# message: accumulate "never makes a step"

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
