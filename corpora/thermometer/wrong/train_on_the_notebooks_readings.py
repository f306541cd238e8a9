# what: trains on the notebook's global inputs and targets instead of the argument train_set
# expect: optimizer 0.75
# message: optimizer "the notebook's own readings"
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    train_losses = []
    val_losses = []
    for epoch in range(n_epochs):
        loss = loss_fn(model(inputs), targets)
        train_losses.append(loss.item())
        with torch.no_grad():
            val_inputs, val_targets = val_set
            val_losses.append(loss_fn(model(val_inputs), val_targets).item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"train": train_losses, "val": val_losses}
