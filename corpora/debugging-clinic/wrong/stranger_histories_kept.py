# what: half cure: trains right, and keeps the list of histories from call to call
# expect: stranger 2.5
# message: stranger "same object each time"

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs, histories=[]):
    for model in models:
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
        losses = []
        for _ in range(n_epochs):
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        histories.append(losses)
    return histories
