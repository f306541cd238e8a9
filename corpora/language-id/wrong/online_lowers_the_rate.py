# what: a tenth of the learning rate after 100 epochs
# expect: online 3.25
# message: online "setting of the optimizer"

# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for epoch in range(n_epochs):
        if epoch == 100:
            for group in optimizer.param_groups:
                group["lr"] /= 10
        total = 0.0
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(xs))
    return means
