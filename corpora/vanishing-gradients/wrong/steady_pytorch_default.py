# what: the spread of PyTorch's own weights
# expect: steady 0

# %% steady
def steady_std(activation, width, seed):
    return 1 / math.sqrt(3 * width)
