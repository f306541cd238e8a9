# what: returns a list for each epoch, not for each model
# expect: stranger 0..0.5
# message: stranger "one list for each model is asked for"

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    histories = []
    for model in models:
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
        histories.append([])
        for _ in range(n_epochs):
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            histories[-1].append(loss.item())
    return [list(losses) for losses in zip(*histories)]
