# what: breaks the loss: a sum for a mean
# expect: broadcast 2

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((model(X) - y.reshape(-1, 1)) ** 2).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
