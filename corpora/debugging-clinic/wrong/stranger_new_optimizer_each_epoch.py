# what: breaks the momentum: a new optimizer in each epoch
# expect: stranger 2.25

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    pass
    histories = []
    for model in models:
        pass
        losses = []
        for _ in range(n_epochs):
            optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        histories.append(losses)
    return histories
