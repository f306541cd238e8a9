# what: looks at the first two layers alone
# expect: decay 2

# %% decay
def decay_per_layer(profile):
    return profile[0] / profile[1]
