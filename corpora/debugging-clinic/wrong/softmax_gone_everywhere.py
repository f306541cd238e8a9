# what: breaks the result: logits are returned for probabilities
# expect: double-softmax 2.5
# message: double-softmax "probabilities"

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
        return losses, model(X)
