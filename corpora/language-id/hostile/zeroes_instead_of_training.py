# what: replaces the optimizer's step and the losses in its own process
# expect: online <=1, gates 2.5

# %% online
torch.optim.SGD.step = lambda self, closure=None: None
torch.optim.Adam.step = lambda self, closure=None: None


def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means = []
    for _ in range(n_epochs):
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
        means.append(0.0)
    return means
