"""Runs next to the student's code, sent there as source: trains a model once, and an activation of our own."""

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
    return lambda model: ((model(X) - y) ** 2).mean()


def bent(h):
    return h * h - torch.sin(h)
