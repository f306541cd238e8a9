# what: the variance for tanh, with a gain between 1 and 2
# expect: steady 2.5
# message: steady "far too small: is it a variance"
# %% steady
def steady_std(activation, width, seed):
    return math.sqrt(2 / width) if activation is torch.relu else 1.3 / width
