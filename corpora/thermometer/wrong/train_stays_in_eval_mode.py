# what: goes to eval mode for the validation set in the first epoch, and never back
# expect: optimizer 3.25
# message: optimizer "eval mode"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    model.train()
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        loss = loss_fn(model(train_set[0]), train_set[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history["train"].append(loss.item())
        model.eval()
        with torch.no_grad():
            history["val"].append(loss_fn(model(val_set[0]), val_set[1]).item())
    return history
