# what: one mean and one spread for all columns
# expect: standardize 1.5

# %% standardize
def standardize(train, test):
    mu, sigma = train.mean(), train.std() + 1e-8
    return (train - mu) / sigma, (test - mu) / sigma
