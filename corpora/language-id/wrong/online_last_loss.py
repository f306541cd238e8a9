# what: an epoch's last loss instead of the mean
# expect: online 3

# %% online


def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
        means.append(loss.item())
    return means
