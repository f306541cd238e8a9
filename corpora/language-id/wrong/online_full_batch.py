# what: one step for all examples
# expect: online 2

# %% online


def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = loss_fn(model(xs), ys)
        loss.backward()
        optimizer.step()
        means.append(loss.item())
    return means
