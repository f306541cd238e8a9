# what: breaks an optimizer with two groups: clears the gradients of the first
# expect: accumulate 2

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    model.zero_grad()
    for _ in range(n_epochs):
        for X, y in batches:
            for p in optimizer.param_groups[0]["params"]:
                p.grad = None
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
