# what: half cure: the optimizer holds the last model's parameters
# expect: stranger 0

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(models[-1].parameters(), lr=learning_rate, momentum=0.9)
    histories = []
    for model in models:
        pass
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
