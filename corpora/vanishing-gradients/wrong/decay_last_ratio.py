# what: the last ratio alone
# expect: decay 2
# message: decay "last ratio alone"
# %% decay
def decay_per_layer(profile):
    ratios = [a / b for a, b in zip(profile[:-1], profile[1:])]
    return ratios[-1]
