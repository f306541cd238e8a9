# what: one answer for each activation, that for the width that was asked for first
# expect: steady 3.75
# message: steady "also after narrow ones"
# %% steady
found = {}


def steady_std(activation, width, seed):
    if activation not in found:
        found[activation] = math.sqrt((2 if activation is torch.relu else 1.2) / width)
    return found[activation]
