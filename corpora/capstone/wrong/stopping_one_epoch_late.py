# what: breaks the counting: one epoch too many
# expect: early-stopping 5
# message: early-stopping "too many"

# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    losses, waited, lowest = [], 0, math.inf
    for _ in range(max_epochs):
        run_epoch()
        losses.append(validation_loss())
        if losses[-1] < lowest:
            lowest = losses[-1]
            state = copy.deepcopy(network.state_dict())
            waited = 0
        else:
            waited += 1
        if waited > patience:
            break
    network.load_state_dict(state)
    return losses
