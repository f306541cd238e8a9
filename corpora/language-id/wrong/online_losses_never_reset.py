# what: the list of losses begins before the epochs
# expect: online 3
# message: online "mean of all losses so far"

# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    losses = []
    means = []
    for _ in range(n_epochs):
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    return means
