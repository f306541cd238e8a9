# what: ends as soon as an epoch's mean is above the one before
# expect: online 3.25
# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        total = 0.0
        for x, y in zip(xs, ys):
            loss = loss_fn(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(xs))
        if means[-1] > min(means):
            break
    return means
