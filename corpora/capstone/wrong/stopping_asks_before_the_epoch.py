# what: breaks the order: the loss before its epoch
# expect: early-stopping 0..1.5
# message: early-stopping "asked for before its epoch"

# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    losses = []
    best_loss = float("inf")
    waited = 0
    for _ in range(max_epochs):
        loss = validation_loss()
        run_epoch()
        losses.append(loss)
        if loss < best_loss:
            best_loss = loss
            best_state = copy.deepcopy(network.state_dict())
            waited = 0
        else:
            waited += 1
            if waited == patience:
                break
    network.load_state_dict(best_state)
    return losses
