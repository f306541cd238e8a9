# what: keeps the state_dict itself, which shares its numbers with the network
# expect: early-stopping 3
# message: early-stopping "when was it copied"
# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    losses, best, waited = [], None, 0
    for _ in range(max_epochs):
        run_epoch()
        loss = validation_loss()
        if best is None or loss < min(losses):
            best, waited = network.state_dict(), 0
        else:
            waited += 1
        losses.append(loss)
        if waited == patience:
            break
    network.load_state_dict(best)
    return losses
