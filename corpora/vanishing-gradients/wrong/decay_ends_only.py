# what: first divided by last, divided by the number of ratios
# expect: decay 2
# message: decay "number of ratios"
# %% decay
def decay_per_layer(profile):
    ratios = [a / b for a, b in zip(profile[:-1], profile[1:])]
    return profile[0] / profile[-1] / len(ratios)
