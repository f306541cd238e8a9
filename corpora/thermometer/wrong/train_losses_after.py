# what: both losses after the update
# expect: optimizer 3
# message: optimizer "This is the loss after the update"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        pass
        optimizer.zero_grad()
        loss_fn(model(train_set[0]), train_set[1]).backward()
        optimizer.step()
        with torch.no_grad():
            history["train"].append(loss_fn(model(train_set[0]), train_set[1]).item())
            history["val"].append(loss_fn(model(val_set[0]), val_set[1]).item())
    return history
