# what: the gain, not divided by the root of the width
# expect: steady 0
# message: steady "gain that ignores the width"
# %% steady
def steady_std(activation, width, seed):
    return math.sqrt(2) if activation is torch.relu else 1.2
