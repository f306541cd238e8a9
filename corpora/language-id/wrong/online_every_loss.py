# what: returns each example's loss
# expect: online 3
# message: online "one for each example"

# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
