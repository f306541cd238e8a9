# what: two lists in the place of a dict
# expect: optimizer 3
# message: optimizer "dict"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    losses, watched = [], []
    for _ in range(n_epochs):
        loss = loss_fn(model(train_set[0]), train_set[1])
        with torch.no_grad():
            watched.append(loss_fn(model(val_set[0]), val_set[1]).item())
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses, watched
