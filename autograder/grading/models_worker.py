"""Runs next to the student's code, sent there as source by models.py: reaches a model's parameters by name."""

import torch
from torch import nn


def shapes(model, names):
    """The shape of each registered parameter, by every name it has; for an object that is not a module, of `names`."""
    if isinstance(model, nn.Module):
        # an attribute of the same Parameter gives it a second name, which named_parameters() alone leaves out
        return {name: tuple(p.shape) for name, p in model.named_parameters(remove_duplicate=False)}
    held = {name: getattr(model, name, None) for name in names}
    return {name: tuple(x.shape) if isinstance(x, torch.Tensor) else None for name, x in held.items()}


def parameter_of(model, name):
    return model.get_parameter(name) if isinstance(model, nn.Module) else getattr(model, name)


def read(model, names):
    """Returns None if a name is missing."""
    found = shapes(model, names)
    if any(found.get(name) is None for name in names):
        return None
    return {name: parameter_of(model, name).detach().clone() for name in names}


def put(model, values):
    """Returns False and writes nothing if a name is missing or a shape differs."""
    found = shapes(model, values)
    if any(found.get(name) != tuple(value.shape) for name, value in values.items()):
        return False
    with torch.no_grad():
        for name, value in values.items():
            parameter_of(model, name).copy_(value)
    return True


def slopes(model, X, names, weights):
    model.zero_grad()
    output = model(X)
    (output.sum() if weights is None else (output * weights).sum()).backward()
    return {name: model.get_parameter(name).grad for name in names}


def without_gradient(model, X):
    """Names of the parameters that an output's gradient does not reach, and whether there is one that is 0; for an
    output that is not a tensor, its type."""
    model.zero_grad()
    output = model(X)
    if not isinstance(output, torch.Tensor):
        return type(output).__name__
    if output.requires_grad:
        weights = torch.linspace(-1, 1, output.numel(), dtype=output.dtype).reshape(output.shape)
        (output * weights).sum().backward()
    grads = {name: p.grad for name, p in model.named_parameters()}
    return {name: grad is not None for name, grad in grads.items() if grad is None or not grad.any()}


def leave_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)
