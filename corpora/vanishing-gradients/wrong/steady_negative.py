# what: a negative number
# expect: steady 0
# message: steady "positive"
# %% steady
def steady_std(activation, width, seed):
    return -(width**-0.5)
