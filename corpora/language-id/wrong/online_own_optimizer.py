# what: an optimizer of its own
# expect: online <2.5

# %% online


def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    means = []
    for _ in range(n_epochs):
        total = 0.0
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(xs))
    return means
