# what: a better epoch lowers the count by one
# expect: early-stopping 5
# message: early-stopping "when does the count begin again"
# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    losses, best, kept, waited = [], math.inf, None, 0
    for _ in range(max_epochs):
        run_epoch()
        losses.append(validation_loss())
        if losses[-1] < best:
            best, kept, waited = losses[-1], copy.deepcopy(network.state_dict()), max(0, waited - 1)
        else:
            waited += 1
        if waited >= patience:
            break
    network.load_state_dict(kept or network.state_dict())
    return losses
