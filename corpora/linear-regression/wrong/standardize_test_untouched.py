# what: leaves the test set as it was
# expect: standardize 1.5
# %% standardize
def standardize(train, test):
    mu, sigma = train.mean(0), train.std(0).clamp(min=1e-6)
    return (train - mu) / sigma, test
