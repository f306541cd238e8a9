# what: breaks the histories: one list for all models
# expect: stranger 2
# message: stranger "one list made for all"

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    histories = []
    losses = []
    for i in range(len(models)):
        optimizer = torch.optim.SGD(models[i].parameters(), lr=learning_rate, momentum=0.9)
        for _ in range(n_epochs):
            optimizer.zero_grad()
            pred = models[i](X)
            loss = F.mse_loss(pred, y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        histories.append(losses)
    return histories
