# what: a sum over the outputs, and a mean over the examples alone
# expect: stranger 2.25
# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    histories = []
    for model in models:
        sgd = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
        histories.append([])
        for _ in range(n_epochs):
            sgd.zero_grad()
            loss = ((model(X) - y) ** 2).sum() / len(X)
            loss.backward()
            sgd.step()
            histories[-1].append(loss.item())
    return histories
