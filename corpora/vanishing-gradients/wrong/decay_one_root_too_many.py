# what: takes the n-th root of n - 1 ratios
# expect: decay 2
# message: decay "ratios"

# %% decay
def decay_per_layer(profile):
    return (profile[0] / profile[-1]) ** (1 / len(profile))
