# what: rounds to three digits
# expect: decay <=1
# message: decay "Yours is rounded"

# %% decay
def decay_per_layer(profile):
    return round((profile[0] / profile[-1]) ** (1 / (len(profile) - 1)), 3)
