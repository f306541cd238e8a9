# what: writes into its arguments
# expect: standardize 1.5
# message: standardize "changes its argument"

# %% standardize
def standardize(train, test):
    mu, sigma = train.mean(0), train.std(0)
    sigma[sigma == 0] = 1
    train -= mu
    train /= sigma
    test -= mu
    test /= sigma
    return train, test
