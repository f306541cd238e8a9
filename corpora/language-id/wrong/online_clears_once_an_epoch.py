# what: clears once an epoch
# expect: online 3
# message: online "once in each epoch"

# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        losses = []
        optimizer.zero_grad()
        for x, y in zip(xs, ys):
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    return means
