# what: the gradients add up
# expect: broadcast 2
# message: broadcast "without clearing"

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        loss = ((model(X).flatten() - y.flatten()) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
