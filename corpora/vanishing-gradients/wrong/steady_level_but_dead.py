# what: looks at the ratio alone
# expect: steady <=2.5
# message: steady "dead"

# %% steady
def steady_std(activation, width, seed):
    return 0.1 / math.sqrt(width)
