# what: divides by the variance
# expect: standardize 1.5

# %% standardize
def standardize(train, test):
    mu, sigma = train.mean(0), train.var(0) + 1e-8
    return (train - mu) / sigma, (test - mu) / sigma
