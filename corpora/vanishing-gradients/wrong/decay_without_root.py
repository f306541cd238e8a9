# what: the product of all ratios
# expect: decay 2

# %% decay
def decay_per_layer(profile):
    return profile[0] / profile[-1]
