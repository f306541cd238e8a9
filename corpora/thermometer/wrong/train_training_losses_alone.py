# what: no validation losses
# expect: optimizer 1.75
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        with torch.no_grad():
            history["train"].append(loss_fn(model(train_set[0]), train_set[1]).item())
            history["val"].append(loss_fn(model(val_set[0]), val_set[1]).item())
        optimizer.zero_grad()
        loss_fn(model(train_set[0]), train_set[1]).backward()
        optimizer.step()
    return history["train"]
