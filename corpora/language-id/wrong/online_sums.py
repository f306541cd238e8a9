# what: the sum of an epoch's losses
# expect: online 3
# message: online "sum of each epoch"

# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    sums = []
    for _ in range(n_epochs):
        total = 0.0
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        sums.append(total)
    return sums
