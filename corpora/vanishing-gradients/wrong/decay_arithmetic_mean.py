# what: the arithmetic mean of the ratios
# expect: decay 2

# %% decay
def decay_per_layer(profile):
    ratios = [a / b for a, b in zip(profile, profile[1:])]
    return sum(ratios) / len(ratios)
