# what: statistics of both sets together
# expect: standardize 1.5

# %% standardize
def standardize(train, test):
    both = torch.cat([train, test])
    return (train - both.mean(0)) / both.std(0), (test - both.mean(0)) / both.std(0)
