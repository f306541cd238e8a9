# what: divides by zero
# expect: standardize 1.5
# message: standardize "finite"

# %% standardize
def standardize(train, test):
    mu, sigma = train.mean(0), train.std(0)
    return (train - mu) / sigma, (test - mu) / sigma
