# what: clears between backward and step
# expect: online 0
# message: online "No step has an effect"

# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        losses = []
        for x, y in zip(xs, ys):
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    return means
