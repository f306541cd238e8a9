# what: another order each epoch
# expect: online 2

# %% online


def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        total = 0.0
        for i in torch.randperm(len(xs)):
            optimizer.zero_grad()
            loss = loss_fn(model(xs[i]), ys[i])
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(xs))
    return means
