# what: the width of the example, whatever the width is
# expect: steady 2.5..4.5
# message: steady "where does `width` come in"
# %% steady
def steady_std(activation, width, seed):
    return math.sqrt((2 if activation is torch.relu else 1.4) / 32)
