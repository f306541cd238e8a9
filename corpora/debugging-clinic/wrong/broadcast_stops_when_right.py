# what: breaks the number of losses: stops once the gradient is 0
# expect: broadcast 2
# message: broadcast "should have 60 entries"

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.mse_loss(model(X), y.reshape(-1, 1))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if all(p.grad.abs().max() < 1e-9 for p in model.parameters()):
            break
    return losses
