# what: the probabilities keep their graph
# expect: double-softmax 2.75
# message: double-softmax "have a graph"

# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        z = model(X)
        loss = F.cross_entropy(z, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, F.softmax(model(X), 1)
