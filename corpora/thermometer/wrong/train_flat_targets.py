# what: targets are flattened against a column of predictions
# expect: optimizer 0.75
# message: optimizer "Targets (n,) meet predictions (n, 1)"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        loss = loss_fn(model(train_set[0]), train_set[1].flatten())
        with torch.no_grad():
            history["val"].append(loss_fn(model(val_set[0]), val_set[1].flatten()).item())
        history["train"].append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history
