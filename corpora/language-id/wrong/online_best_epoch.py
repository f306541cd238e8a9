# what: goes back to the parameters of the epoch with the smallest loss
# expect: online 3.25
# message: online "the parameters after training"

# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    means, best = [], {}
    for _ in range(n_epochs):
        total = 0.0
        for x, y in zip(xs, ys):
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(xs))
        if means[-1] == min(means):
            best = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(best)
    return means
