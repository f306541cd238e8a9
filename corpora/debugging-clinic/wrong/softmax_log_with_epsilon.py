# what: breaks large logits: a small number in the logarithm
# expect: double-softmax 1.5..2.5
# message: double-softmax "small number next to the probability"

# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    n = len(y)
    for _ in range(n_epochs):
        optimizer.zero_grad()
        p = torch.softmax(model(X), dim=1)
        loss = -torch.log(p[torch.arange(n), y] + 1e-8).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, torch.softmax(model(X), dim=1)
