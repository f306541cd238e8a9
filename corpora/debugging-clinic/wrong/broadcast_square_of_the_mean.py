# what: breaks the loss: the mean before the square
# expect: broadcast 0
# message: broadcast "square of the mean error"

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        error = model(X).flatten() - y.flatten()
        loss = error.mean() ** 2
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
