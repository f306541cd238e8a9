# what: each row by its own mean
# expect: standardize 1
# %% standardize
def standardize(train, test):
    mu, sigma = train.mean(1, keepdim=True), train.std(1, keepdim=True)
    return (train - mu) / sigma, (test - test.mean(1, keepdim=True)) / test.std(1, keepdim=True)
