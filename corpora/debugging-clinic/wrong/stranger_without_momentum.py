# what: breaks the momentum: plain SGD
# expect: stranger 2.25

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    pass
    histories = []
    for model in models:
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
        losses = []
        for _ in range(n_epochs):
            pass
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        histories.append(losses)
    return histories
