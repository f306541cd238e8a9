# what: the whole loop under no_grad, where no epoch can train
# expect: early-stopping 4.5
# message: early-stopping "autograd is switched off"

# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    best, bad, hist, st = math.inf, 0, [], None
    with torch.no_grad():
        for _ in range(max_epochs):
            run_epoch()
            v = validation_loss()
            hist.append(v)
            if v < best:
                best, bad, st = v, 0, copy.deepcopy(network.state_dict())
            else:
                bad += 1
                if bad >= patience:
                    break
    network.load_state_dict(st)
    return hist
