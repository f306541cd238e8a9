"""Runs next to the student's code, sent there as source: what the tests of `linear-regression` need there."""

import torch


def both_passes(model, X, y, flat=False):
    yhat = model.forward(X)
    return model.backward(X, yhat.reshape(-1) if flat else yhat, y)


def two_times(model, X, y):
    return [both_passes(model, X, y), both_passes(model, X, y)]


def watched_passes(model, X, y):
    seen = []
    handle = model.weights.register_hook(lambda gradient: seen.append(gradient.clone()))
    gradients = both_passes(model, X, y)
    handle.remove()
    return seen, gradients


def tracks(model, X):
    return getattr(model(X), "requires_grad", False)


def requires_gradient(model):
    return [getattr(model.weights, "requires_grad", False), getattr(model.bias, "requires_grad", False)]


def gradients_left(model):
    return [model.weights.grad, model.bias.grad]


def pass_with_gradients(model, X, y, value):
    for held in (model.weights, model.bias):
        held.grad = torch.full_like(held, value)
    return both_passes(model, X, y), gradients_left(model)


def leaves(model):
    held = [model.weights, model.bias] if hasattr(model, "weights") else list(model.parameters())
    return [bool(t.is_leaf and t.requires_grad) for t in held]


def held_by(model):
    return [model.weights, model.bias] if hasattr(model, "weights") else list(model.parameters())


class Held:
    """The tensors that a model has now, for `held_by`."""

    def __init__(self, model):
        self.tensors = held_by(model)

    def parameters(self):
        return self.tensors


def parts_of(network):
    return [(name, type(part).__name__) for name, part in network.named_children()]
