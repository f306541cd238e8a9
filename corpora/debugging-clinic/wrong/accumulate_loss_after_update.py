# what: breaks the losses: each taken after its update
# expect: accumulate 2.25

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(F.mse_loss(model(X), y).item())
    return losses
