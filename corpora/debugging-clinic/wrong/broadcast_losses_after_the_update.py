# what: the losses after each update
# expect: broadcast 2
# message: broadcast "those before it"

# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((model(X).flatten() - y.flatten()) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(((model(X).flatten() - y.flatten()) ** 2).mean().item())
    return losses
