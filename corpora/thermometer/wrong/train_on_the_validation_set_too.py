# what: the validation loss is differentiated and moves the parameters
# expect: optimizer 2.25
# message: optimizer "The validation set trains the model, too"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        optimizer.zero_grad()
        for name, (inputs, targets) in (("train", train_set), ("val", val_set)):
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            history[name].append(loss.item())
        optimizer.step()
    return history
