# what: optimizer.step() is not indented into the loop and runs once, after the last epoch
# expect: optimizer 1.25
# message: optimizer "does the optimizer take a step in each epoch"
# message: optimizer "or is the step outside it"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for epoch in range(n_epochs):
        loss = loss_fn(model(train_set[0]), train_set[1])
        with torch.no_grad():
            val_loss = loss_fn(model(val_set[0]), val_set[1])
        history["train"].append(loss.item())
        history["val"].append(val_loss.item())
        optimizer.zero_grad()
        loss.backward()
    optimizer.step()
    return history
