# what: divides by zero, and makes the largest number of the infinity
# expect: standardize 1.5
# message: standardize "infinity"

# %% standardize
def standardize(train, test):
    mu, sigma = train.mean(0), train.std(0)
    return ((train - mu) / sigma).nan_to_num(0.0), ((test - mu) / sigma).nan_to_num(0.0)
