# what: the test set by its own statistics
# expect: standardize 1.5
# message: standardize "train"

# %% standardize
def standardize(train, test):
    return (train - train.mean(0)) / train.std(0).clamp(min=1e-6), (test - test.mean(0)) / test.std(0).clamp(min=1e-6)
