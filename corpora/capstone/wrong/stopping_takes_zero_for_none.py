# what: takes a best loss of 0 for none, so that the next epoch is the best
# expect: early-stopping 5
# message: early-stopping "is 0, the network"
# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    history, lowest, waiting = [], None, 0
    while len(history) < max_epochs and waiting < patience:
        run_epoch()
        history.append(validation_loss())
        waiting += 1
        if history[-1] < (lowest or math.inf):
            lowest, waiting = history[-1], 0
            kept = copy.deepcopy(network.state_dict())
    network.load_state_dict(kept)
    return history
