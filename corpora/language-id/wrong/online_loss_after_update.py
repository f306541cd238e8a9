# what: the loss after the step
# expect: online 3
# message: online "before"

# %% online


def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        total = 0.0
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
            total += loss_fn(model(x), y).item()
        means.append(total / len(xs))
    return means
