# what: gradients are never cleared
# expect: optimizer 3
# message: optimizer "This is what you get without clearing the gradients"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        loss = loss_fn(model(train_set[0]), train_set[1])
        with torch.no_grad():
            history["val"].append(loss_fn(model(val_set[0]), val_set[1]).item())
        history["train"].append(loss.item())
        loss.backward()
        optimizer.step()
    return history
