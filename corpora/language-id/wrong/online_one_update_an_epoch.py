# what: the gradients of all examples are added up, and there is one step an epoch
# expect: online 2
# message: online "single update for each epoch"
# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        total = 0.0
        for x, y in zip(xs, ys):
            loss = loss_fn(model(x), y)
            loss.backward()
            total += loss.item()
        optimizer.step()
        means.append(total / len(xs))
    return means
