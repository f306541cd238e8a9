"""Runs next to the student's code, sent there as source: trains, asks again, watches, and an activation of our own."""

import torch


def train(model, loss, names, rate):
    """The gradients of the loss for the parameters of these names, after one step of SGD on all; {} without a graph."""
    parameters = [model.get_parameter(name) for name in names]
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    optimizer.zero_grad()
    value = loss(model)
    if not value.requires_grad:
        return {}
    value.backward()
    gradients = {name: p.grad for name, p in zip(names, parameters, strict=True)}
    optimizer.step()
    return gradients


def label_loss(X, labels, one_by_one):
    def loss(model):
        output = torch.stack([model(x) for x in X]) if one_by_one else model(X)
        return -output[torch.arange(len(X)), labels].mean()

    return loss


def squared_loss(X, y):
    return lambda model: ((model(X).reshape(y.shape) - y) ** 2).mean()


def bent(h):
    return h * h - torch.sin(h)


def hidden_again(hidden_outputs, model, X, values):
    """The hidden outputs for the same model and X, after a first call and a change of these parameters."""
    hidden_outputs(model, X)
    with torch.no_grad():
        for name, value in values.items():
            model.get_parameter(name).copy_(value)
    return hidden_outputs(model, X)


def asked_again(function, first, then):
    """What it returns for the second arguments, in the same tensors as the first before."""
    given = [value.clone() for value in first]
    function(*given)
    for tensor, value in zip(given, then, strict=True):
        tensor.copy_(value.reshape(tensor.shape))
    return function(*given)


class Held:
    """The functions and hooks of a model, to see later whether they are still the same."""

    def __init__(self, model):
        self.before = self.of(model)

    def of(self, model):
        held = {name: value for name, value in vars(model).items() if callable(value)}
        for name in ("_modules", "_forward_hooks", "_forward_pre_hooks"):
            held[name] = dict(getattr(model, name, {}))
        return held

    def same(self, model):
        return self.of(model) == self.before
