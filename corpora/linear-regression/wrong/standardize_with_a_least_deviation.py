# what: divides by 0.1 at least
# expect: standardize 1.5
# message: standardize "column of small numbers"

# %% standardize
def standardize(train, test):
    m, s = train.mean(0), train.std(0).clamp(min=1e-1)
    return (train - m) / s, (test - m) / s
