# what: an SGD of its own beside the optimizer that was handed in
# expect: optimizer 3
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        loss = loss_fn(model(train_set[0]), train_set[1])
        with torch.no_grad():
            history["val"].append(loss_fn(model(val_set[0]), val_set[1]).item())
        history["train"].append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history
