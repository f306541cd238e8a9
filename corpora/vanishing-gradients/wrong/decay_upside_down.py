# what: each entry divided by the one before
# expect: decay 2

# %% decay
def decay_per_layer(profile):
    return (profile[-1] / profile[0]) ** (1 / (len(profile) - 1))
