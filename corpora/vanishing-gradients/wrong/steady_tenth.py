# what: always 0.1
# expect: steady 0
# message: steady "first entry"
# %% steady
def steady_std(activation, width, seed):
    return 0.1
