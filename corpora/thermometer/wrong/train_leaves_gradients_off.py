# what: gradients stay off after the look at the validation set
# expect: optimizer 3.25
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        history["train"].append(loss_fn(model(train_set[0]), train_set[1]).item())
        torch.set_grad_enabled(False)
        history["val"].append(loss_fn(model(val_set[0]), val_set[1]).item())
        torch.set_grad_enabled(True)
        optimizer.zero_grad()
        loss_fn(model(train_set[0]), train_set[1]).backward()
        optimizer.step()
    return (torch.set_grad_enabled(False), history)[1]
