# what: Adam in the place of SGD
# expect: broadcast 2
# message: broadcast "each of them made of"

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((model(X).flatten() - y.flatten()) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
