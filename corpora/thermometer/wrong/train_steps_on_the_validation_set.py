# what: a step on the validation set after each on the training set
# expect: optimizer 2.25
# message: optimizer "The validation set trains the model, too"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        for name, (inputs, targets) in (("train", train_set), ("val", val_set)):
            optimizer.zero_grad()
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
            history[name].append(loss.item())
    return history
