# what: the patient under the cure's name
# expect: stranger 0
# message: stranger "optimizer"

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD(models[0].parameters(), lr=learning_rate, momentum=0.9)
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
