# what: each epoch's sum is divided by the notebook's six examples
# expect: online 3
# message: online "divides by 6"

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
        means.append(sum(losses) / 6)
    return means
