# what: the model hands the optimizer a view of the data it was given, and changes its arguments
# expect: train <4
# %% train
import torch
from torch import nn


def train(model, X, y, optimizer, n_epochs):
    X.zero_()
    y.zero_()
    return [0.0] * n_epochs
