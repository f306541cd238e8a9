"""Runs next to the student's code, sent there as source: trains a model once, and an activation of our own."""

import torch


def train(model, loss, names, rate):
    """The gradients of the loss for the parameters of these names, after one step of SGD on all."""
    parameters = [model.get_parameter(name) for name in names]
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    optimizer.zero_grad()
    loss(model).backward()
    gradients = {name: p.grad for name, p in zip(names, parameters, strict=True)}
    optimizer.step()
    return gradients


def label_loss(X, labels):
    return lambda model: -model(X)[torch.arange(len(X)), labels].mean()


def squared_loss(X, y):
    return lambda model: ((model(X) - y) ** 2).mean()


def bent(h):
    return h * h - torch.sin(h)
