# what: stops when the validation loss has not become smaller for a hundred epochs
# expect: optimizer 3
# message: optimizer "should have 120 entries"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        loss = loss_fn(model(train_set[0]), train_set[1])
        with torch.no_grad():
            history["val"].append(loss_fn(model(val_set[0]), val_set[1]).item())
        history["train"].append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if len(history["val"]) > 100 and min(history["val"][-100:]) >= min(history["val"][:-100]):
            break
    return history
