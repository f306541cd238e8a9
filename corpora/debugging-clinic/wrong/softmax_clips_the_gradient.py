# what: breaks large gradients: cuts each entry at 5
# expect: double-softmax 2.25

# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 5.0)
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, F.softmax(model(X), dim=1)
