"""Runs next to the student's code, sent there as source: what a student of `titanic` does not define."""

import random
import sys
import types

import numpy as np
import pandas as pd
import torch
from torch import nn


class TwoLayers(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_1 = nn.Linear(4, 3)
        self.linear_2 = nn.Linear(3, 1)

    def forward(self, X):
        return torch.sigmoid(self.linear_2(torch.tanh(self.linear_1(X))))


def optimizer_maker(kind, rate, start, built):
    """A `make_optimizer` that first puts the model at `start`, so that its epochs can be counted by the judge, too.

    A model that gets a second optimizer stays where it is.
    """
    placed = []

    def make(parameters):
        built()
        parameters = list(parameters)
        new = not any(parameter is other for parameter in parameters for other in placed)
        placed.extend(parameters)
        if start is not None and new:
            with torch.no_grad():
                for parameter in parameters:
                    parameter.copy_(start[:3] if parameter.dim() == 2 else start[3:])
        return getattr(torch.optim, kind)(parameters, lr=rate)

    return make


def goes_on(search, X, y):
    """Whether a second search begins with the parameters with which the first ended; None if nothing tells."""
    held, starts, ends = [], [], []

    def make(parameters):
        held[:] = parameters
        starts.append([parameter.detach().clone() for parameter in held])
        return torch.optim.SGD(held, lr=0.1)

    for _ in range(2):
        search(make, X, y, 0.0, 5)
        ends.append([parameter.detach().clone() for parameter in held])
    if len(starts) != 2 or same_values(starts[0], ends[0]):
        return None
    return same_values(ends[0], starts[1])


def same_values(some, others):
    return all(torch.equal(a, b) for a, b in zip(some, others, strict=False))


class Enough(BaseException):
    pass


def first_losses(fit, X, y):
    """The first five losses that `fit` differentiates, where it is stopped; none if it does without autograd."""
    seen, kept = [], (torch.autograd.backward, torch.autograd.grad)

    def counted(differentiate):
        def call(losses, *args, **kwargs):
            if len(seen) == 5:
                raise Enough
            seen.append(losses)
            return differentiate(losses, *args, **kwargs)

        return call

    for seed in (torch.manual_seed, np.random.seed, random.seed):
        seed(0)
    torch.autograd.backward, torch.autograd.grad = map(counted, kept)
    try:
        fit(X, y)
    except Enough:
        pass
    finally:
        torch.autograd.backward, torch.autograd.grad = kept
    single = all(isinstance(loss, torch.Tensor) and loss.numel() == 1 for loss in seen)
    return [float(loss) for loss in seen] if single else []


def shuffle_outcomes():
    # A fit to the notebook's own passengers, whatever its arguments are, learns nothing from then on.
    notebook = vars(sys.modules["__main__"])
    for name, values in list(notebook.items()):
        if name in ("survived", "y") and isinstance(values, (torch.Tensor, pd.Series)) and len(values.shape):
            order = torch.randperm(len(values))
            notebook[name] = (
                values[order]
                if isinstance(values, torch.Tensor)
                else values.iloc[order].set_axis(values.index)
            )


def models_of_the_notebook():
    """Those that have a name, and those kept in a function's default arguments or attributes, or in a class."""
    named = list(vars(sys.modules["__main__"]).values())
    for value in named[:]:
        if isinstance(value, types.FunctionType):
            named += [
                *(value.__defaults__ or ()),
                *(value.__kwdefaults__ or {}).values(),
                *vars(value).values(),
            ]
        elif isinstance(value, type) and value.__module__ == "__main__":
            named += vars(value).values()
    return Known([value for value in named if isinstance(value, nn.Module)])


class Known:
    """Models, in the worker: as a list they would go to the judge."""

    def __init__(self, models):
        self.models = models


def is_one_of(model, known):
    return any(model is other for other in known.models)
