# what: half cure: trains copies, the models stay as they are
# expect: stranger 1.5

# %% stranger
import copy


def cure_stranger(models, X, y, learning_rate, n_epochs):
    pass
    histories = []
    for model in models:
        model = copy.deepcopy(model)
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
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
