# what: begins with 1 as the best loss
# expect: early-stopping 5
# message: early-stopping "with what is the first loss compared|With what is the first loss compared"
# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    losses, best, kept, waited = [], 1.0, None, 0
    for _ in range(max_epochs):
        run_epoch()
        losses.append(validation_loss())
        if losses[-1] < best:
            best, kept, waited = losses[-1], copy.deepcopy(network.state_dict()), 0
        else:
            waited += 1
        if waited >= patience:
            break
    network.load_state_dict(kept or network.state_dict())
    return losses
