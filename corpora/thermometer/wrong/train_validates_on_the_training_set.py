# what: both lists hold the training loss
# expect: optimizer 2.5
# message: optimizer "validation set"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        loss = loss_fn(model(train_set[0]), train_set[1])
        with torch.no_grad():
            history["val"].append(loss_fn(model(train_set[0]), train_set[1]).item())
        history["train"].append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history
