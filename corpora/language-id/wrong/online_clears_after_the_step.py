# what: clears only after each step
# expect: online 3.5
# message: online "from before the call"

# %% online


def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        total = 0.0
        for x, y in zip(xs, ys):
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            total += loss.item()
        means.append(total / len(xs))
    return means
