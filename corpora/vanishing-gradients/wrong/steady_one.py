# what: standard normal weights
# expect: steady 0

# %% steady
def steady_std(activation, width, seed):
    return 1.0
