# what: half cure: one optimizer for all, and zero gradients that still move earlier models
# expect: stranger 1.5

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    optimizer = torch.optim.SGD([p for m in models for p in m.parameters()], lr=learning_rate, momentum=0.9)
    histories = []
    for model in models:
        pass
        losses = []
        for _ in range(n_epochs):
            pass
            optimizer.zero_grad(set_to_none=False)
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        histories.append(losses)
    return histories
