# what: squared error, whatever it is given
# expect: online <3.5

# %% online


def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        total = 0.0
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = squared_error(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(xs))
    return means
