# what: half cure: the right loss is returned, the wrong one trained on
# expect: broadcast 1

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((model(X) - y) ** 2).mean()
        shown = F.mse_loss(model(X), y.reshape(-1, 1)).item()
        loss.backward()
        optimizer.step()
        losses.append(shown)
    return losses
