# what: the patient under the cure's name
# expect: double-softmax 0
# message: double-softmax "logits"

# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(F.softmax(model(X), dim=1), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, F.softmax(model(X), dim=1)
