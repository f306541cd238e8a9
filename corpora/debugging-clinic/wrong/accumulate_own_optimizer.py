# what: breaks the caller's optimizer: a plain SGD of its own
# expect: accumulate 2

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    optimizer = torch.optim.SGD(model.parameters(), lr=optimizer.param_groups[0]["lr"])
    for _ in range(n_epochs):
        for X, y in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
