# what: an object that makes another array at each look
# expect: train <4
# %% train
import numpy as np


class Shifting:
    looks = 0

    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __array__(self, dtype=None, copy=None):
        Shifting.looks += 1
        return np.full(self.n, float(Shifting.looks))

    def __iter__(self):
        return iter(self.__array__())


def train(model, X, y, optimizer, n_epochs):
    return Shifting(n_epochs)
