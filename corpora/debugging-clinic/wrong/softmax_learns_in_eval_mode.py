# what: eval mode during the training
# expect: double-softmax 2.25
# message: double-softmax "in eval mode while it learns"

# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    model.eval()
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, F.softmax(model(X), dim=1)
