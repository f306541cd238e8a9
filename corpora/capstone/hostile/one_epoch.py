# what: one epoch and back; a split of two indices
# expect: early-stopping 0, split 0
# %% split
def split(labels, share, seed):
    return [0], [1 + seed % (len(labels) - 1)]

# %% early-stopping
def fit(network, run_epoch, validation_loss, max_epochs, patience):
    run_epoch()
    return [validation_loss()]
