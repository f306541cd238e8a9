# what: breaks stale gradients: clears after the update
# expect: stranger 2.5

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    pass
    histories = []
    for model in models:
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
        losses = []
        for _ in range(n_epochs):
            pass
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        histories.append(losses)
    return histories
