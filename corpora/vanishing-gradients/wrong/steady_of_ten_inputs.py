# what: the 10 inputs of the first layer are taken for fan_in
# expect: steady 2.5
# message: steady "how many inputs"
# %% steady
def steady_std(activation, width, seed):
    return math.sqrt((2 if activation is torch.relu else 1.4) / 10)
