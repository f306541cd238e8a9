# what: the tanh answer for both
# expect: steady 2.5
# message: steady "dead"

# %% steady
def steady_std(activation, width, seed):
    return 1 / math.sqrt(width)
