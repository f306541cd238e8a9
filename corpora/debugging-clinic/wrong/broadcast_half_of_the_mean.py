# what: cures the broadcasting, and takes half of the mean squared error
# expect: broadcast 2
# message: broadcast "where does the ½ come from"

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((model(X) - y.reshape(-1, 1)) ** 2).mean() / 2
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
