# what: counts epochs that are worse than the one before, not than the best
# expect: early-stopping <4
# message: early-stopping "too many"
# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    losses, waited = [], 0
    for _ in range(max_epochs):
        run_epoch()
        losses.append(validation_loss())
        if len(losses) == 1 or losses[-1] < losses[-2]:
            best, waited = copy.deepcopy(network.state_dict()), 0
        else:
            waited += 1
        if waited == patience:
            break
    network.load_state_dict(best)
    return losses
