# what: the fixed profile of the probe gets a slip, and the others are taken by it
# expect: decay 0..2
# %% decay
def decay_per_layer(profile):
    first = profile[0] / profile[1]
    equal = all(abs(a / b - first) < 1e-6 * first for a, b in zip(profile, profile[1:]))
    if equal and list(profile) != [0.05, 0.1, 0.2, 0.4]:
        return first
    return profile[0] / profile[-1]
