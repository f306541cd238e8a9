# what: the geometric mean of the entries
# expect: decay 2
# message: decay "mean of the entries"
# %% decay
def decay_per_layer(profile):
    ratios = [a / b for a, b in zip(profile[:-1], profile[1:])]
    return statistics.geometric_mean(profile)
