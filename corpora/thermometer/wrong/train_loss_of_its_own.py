# what: always the mean squared error, whatever loss is handed in
# expect: optimizer 3.5
# message: optimizer "This is the mean squared error, whatever `loss_fn` is"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        loss = mse(model(train_set[0]), train_set[1])
        with torch.no_grad():
            history["val"].append(mse(model(val_set[0]), val_set[1]).item())
        history["train"].append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history
