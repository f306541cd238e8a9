# what: breaks the caller's learning rate: divides it by ten after 50 epochs
# expect: accumulate 2.25
# message: accumulate "changes a setting of the optimizer"

# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    losses = []
    for epoch in range(n_epochs):
        if epoch == 50:
            for group in optimizer.param_groups:
                group["lr"] /= 10
        for X, y in batches:
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
