# what: predictions and targets squeezed before the loss function gets them
# expect: optimizer 3.5
# message: optimizer "gets other shapes"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        loss = loss_fn(model(train_set[0]).squeeze(), train_set[1].squeeze())
        with torch.no_grad():
            history["val"].append(loss_fn(model(val_set[0]).squeeze(), val_set[1].squeeze()).item())
        history["train"].append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history
