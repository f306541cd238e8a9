# what: computes for ever
# expect: stranger 0
# message: stranger "stopped"

# %% stranger
def cure_stranger(models, X, y, learning_rate, n_epochs):
    while len(models) == 3:
        pass
    return []
