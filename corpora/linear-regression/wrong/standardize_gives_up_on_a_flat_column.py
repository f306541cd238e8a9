# what: only shifts the whole table as soon as one column is constant
# expect: standardize 1.5
# %% standardize
def standardize(train, test):
    mu, sigma = train.mean(0), train.std(0)
    if sigma.min() == 0:
        return train - mu, test - mu
    return (train - mu) / sigma, (test - mu) / sigma
