# what: the square root of the product, however many ratios there are
# expect: decay 2
# message: decay "however many"
# %% decay
def decay_per_layer(profile):
    ratios = [a / b for a, b in zip(profile[:-1], profile[1:])]
    return math.prod(ratios) ** 0.5
