# what: a broken probe and initialize: steady is judged with the reference in their place
# expect: probe 0, initialize <=2, steady 5

# %% probe
def gradient_profile(model, X, y):
    raise RuntimeError("lost")


# %% initialize
def initialize(model, scheme, seed):
    return model
