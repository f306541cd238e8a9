# what: never clears the gradients
# expect: online 2.5
# message: online "Clear"

# %% online


def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        losses = []
        for x, y in zip(xs, ys):
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    return means
