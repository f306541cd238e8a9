# what: sorts the profile
# expect: decay 2
# message: decay "order of the entries"

# %% decay
def decay_per_layer(profile):
    profile = sorted(profile)
    return (profile[0] / profile[-1]) ** (1 / (len(profile) - 1))
