# what: breaks the learning rate: takes the notebook's
# expect: stranger 2.25
# message: stranger "at the notebook's rate"

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    histories = []
    for model in models:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        histories.append([])
        for _ in range(n_epochs):
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            histories[-1].append(loss.item())
    return histories
