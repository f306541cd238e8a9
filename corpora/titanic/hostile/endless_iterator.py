# what: a generator that never ends where a list belongs
# expect: train <4
# %% train
import itertools


def train(model, X, y, optimizer, n_epochs):
    return itertools.repeat(0.1)
