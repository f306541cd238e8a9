# what: the loss of all examples after each epoch
# expect: online 3
# message: online "the loss after each epoch"

# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        losses = []
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        means.append(loss_fn(model(xs), ys).item())
    return means
