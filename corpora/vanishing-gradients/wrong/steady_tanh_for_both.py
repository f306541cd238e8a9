# what: the answer for tanh for both
# expect: steady 2.5
# message: steady "sets half of it to 0"
# %% steady
def steady_std(activation, width, seed):
    return width**-0.5
