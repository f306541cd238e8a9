# what: goes through the training set in batches of 32, with an update for each
# expect: optimizer 3
# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    history = {"train": [], "val": []}
    loader = DataLoader(list(zip(*train_set)), batch_size=32)
    for _ in range(n_epochs):
        with torch.no_grad():
            history["val"].append(loss_fn(model(val_set[0]), val_set[1]).item())
        losses = []
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(inputs), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        history["train"].append(sum(losses) / len(losses))
    return history
