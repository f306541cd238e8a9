# what: the median of the ratios
# expect: decay 2
# message: decay "median"
# %% decay
def decay_per_layer(profile):
    ratios = [a / b for a, b in zip(profile[:-1], profile[1:])]
    return statistics.median(ratios)
