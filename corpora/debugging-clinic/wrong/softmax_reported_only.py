# what: half cure: the right loss is returned, the wrong one trained on
# expect: double-softmax 1.75

# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(F.softmax(model(X), dim=1), y)
        shown = F.cross_entropy(model(X), y).item()
        loss.backward()
        optimizer.step()
        losses.append(shown)
    with torch.no_grad():
        return losses, F.softmax(model(X), dim=1)
