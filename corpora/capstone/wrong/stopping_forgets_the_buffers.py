# what: keeps the parameters and not the buffers
# expect: early-stopping 5.5
# message: early-stopping "the buffer"
# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    losses, waited = [], 0
    for _ in range(max_epochs):
        run_epoch()
        loss = validation_loss()
        if not losses or loss < min(losses):
            best, waited = [p.detach().clone() for p in network.parameters()], 0
        else:
            waited += 1
        losses.append(loss)
        if waited == patience:
            break
    with torch.no_grad():
        for parameter, value in zip(network.parameters(), best):
            parameter.copy_(value)
    return losses
