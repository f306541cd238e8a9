# what: 1 for a last entry that is taken for 0
# expect: decay 2.5
# message: decay "too small"
# %% decay
def decay_per_layer(profile):
    if profile[-1] < 1e-12:
        return 1.0
    return (profile[0] / profile[-1]) ** (1 / (len(profile) - 1))
