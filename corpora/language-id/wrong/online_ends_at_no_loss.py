# what: ends when the loss is next to nothing
# expect: online 3.25
# message: online "after the first epoch"

# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    while len(means) < n_epochs and (not means or abs(means[-1]) > 1e-4):
        total = 0.0
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(xs))
    return means
