# what: counts an epoch as better only where its loss is lower by 0.0001 at least
# expect: early-stopping 5.5
# message: early-stopping "falls in every epoch"
# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    history, lowest, waiting = [], math.inf, 0
    kept = copy.deepcopy(network.state_dict())
    while len(history) < max_epochs and waiting < patience:
        run_epoch()
        history.append(validation_loss())
        waiting += 1
        if lowest - history[-1] >= 1e-4:
            lowest, waiting = history[-1], 0
            kept = copy.deepcopy(network.state_dict())
    network.load_state_dict(kept)
    return history
