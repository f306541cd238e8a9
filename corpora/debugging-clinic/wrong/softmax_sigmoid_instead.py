# what: half cure: a sigmoid in place of the softmax
# expect: double-softmax 0
# message: double-softmax "with a sigmoid"

# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        outputs = torch.sigmoid(model(X))
        loss = F.cross_entropy(outputs, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, F.softmax(model(X), dim=1)
