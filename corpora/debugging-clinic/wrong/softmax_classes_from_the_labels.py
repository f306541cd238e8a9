# what: as many classes as the labels show: a class without an example is missing
# expect: double-softmax 2.5
# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    chosen = torch.eye(int(y.max()) + 1)[y]
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = -(chosen * F.log_softmax(model(X), dim=1)).sum() / len(y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, F.softmax(model(X), dim=1)
