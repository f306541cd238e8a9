# what: scales to the range from 0 to 1
# expect: standardize 1.5
# message: standardize "from smallest to largest"
# %% standardize
def standardize(train, test):
    mu, sigma = train.min(0).values, (train.max(0).values - train.min(0).values).clamp(min=1e-6)
    return (train - mu) / sigma, (test - mu) / sigma
