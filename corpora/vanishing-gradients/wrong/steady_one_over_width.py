# what: divides by the width, not by its root
# expect: steady 0
# message: steady "dead"

# %% steady
def steady_std(activation, width, seed):
    return 1 / width
