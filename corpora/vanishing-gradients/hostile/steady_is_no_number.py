# what: not a number, in four ways
# expect: steady 0

# %% steady
def steady_std(activation, width, seed):
    return {True: float("nan"), False: "0.25"}[activation is torch.relu]
