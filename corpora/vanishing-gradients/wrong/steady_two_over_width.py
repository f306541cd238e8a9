# what: the variance for relu, without its root
# expect: steady 0
# message: steady "variance"
# %% steady
def steady_std(activation, width, seed):
    return 2 / width
