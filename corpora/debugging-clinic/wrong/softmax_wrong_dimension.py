# what: breaks the probabilities: softmax over the examples
# expect: double-softmax 2.5
# message: double-softmax "columns add up to 1"

# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        probabilities = F.softmax(model(X), dim=0)
    return losses, probabilities
