# what: an optimizer that records what it is asked for instead of doing it; train leaves the model alone
# expect: train <4, fit 0..5, convergence 0..4, fit-mlp 0..4
# %% train
import torch


def train(model, X, y, optimizer, n_epochs):
    return [1.0 / (epoch + 1) for epoch in range(n_epochs)]


# %% extra
for kind in (torch.optim.SGD, torch.optim.Adam):
    kind.step = lambda self, closure=None: None
