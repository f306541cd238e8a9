# what: the list of means is a default argument, which every call fills further
# expect: online 3.5
# message: online "same object each time"
# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs, means=[]):
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
