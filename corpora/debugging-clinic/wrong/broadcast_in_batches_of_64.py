# what: an update for each 64 rows instead of one for all
# expect: broadcast 2
# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    sgd = torch.optim.SGD(model.parameters(), lr=learning_rate)
    targets, losses = y.reshape(-1, 1), []
    for _ in range(n_epochs):
        sums = []
        for start in range(0, len(X), 64):
            part = slice(start, start + 64)
            sgd.zero_grad()
            loss = ((model(X[part]) - targets[part]) ** 2).mean()
            loss.backward()
            sgd.step()
            sums.append(loss.item() * len(X[part]))
        losses.append(sum(sums) / len(X))
    return losses
