# what: a return inside the loop, so that only the first ratio counts
# expect: decay 2
# message: decay "end too early"
# %% decay
def decay_per_layer(profile):
    product, n = 1, len(profile) - 1
    for k in range(n):
        product *= profile[k] / profile[k + 1]
        return product ** (1 / n)
