# what: the mean logarithm of the ratios
# expect: decay 2
# message: decay "mean of the logarithms"
# %% decay
def decay_per_layer(profile):
    ratios = [a / b for a, b in zip(profile[:-1], profile[1:])]
    return sum(math.log(r) for r in ratios) / len(ratios)
