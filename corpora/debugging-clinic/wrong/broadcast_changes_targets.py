# what: reshapes the caller's tensor in place
# expect: broadcast 2
# message: broadcast "changes its argument"

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    if y.dim() == 1:
        y.unsqueeze_(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.mse_loss(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
