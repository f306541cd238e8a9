"""Runs next to the student's code, sent there as source: what the tests of `language-id` need there."""

import torch
from torch import nn


def value_and_slope(loss, predicted, target):
    p = predicted.detach().requires_grad_()
    value = loss(p, target)
    if not (isinstance(value, torch.Tensor) and value.requires_grad and value.numel() == 1):
        return value, None
    value.sum().backward()
    return value.detach(), p.grad


class Model(nn.Module):
    def __init__(self, weight, bias, squash):
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
        self.squash = squash

    def forward(self, x):
        z = x @ self.weight.T + self.bias
        return torch.sigmoid(z) if self.squash else z


def squared(predicted, target):
    return ((predicted.reshape(-1) - target.reshape(-1)) ** 2).mean()


def entropy(predicted, target):
    p, t = predicted.reshape(-1), target.reshape(-1)
    return -(t * p.log() + (1 - t) * (1 - p).log()).mean()


def skewed(predicted, target):
    off = predicted.reshape(-1) - target.reshape(-1)
    return (off**4 + off).sum()


def only_bias(model, rate):
    return torch.optim.SGD([model.bias], lr=rate)


def outputs(model, bits):
    with torch.no_grad():
        return model(bits)


def tracked(model, x):
    return model(x).requires_grad


def with_table(encode, words, vocabulary, table):
    vectors = encode(words, vocabulary)
    # rows for columns is another test's question
    return (vectors.T if vectors.shape[0] == len(vocabulary) else vectors) @ table


def registered(model):
    # registers layers that are in plain lists alone, and says whether there were any
    known = set(model.modules()) if isinstance(model, nn.Module) else set()
    lists = {
        name: value
        for name, value in vars(model).items()
        if isinstance(value, (list, tuple))
        and all(isinstance(layer, nn.Module) for layer in value)
        and known
        and not known.issuperset(value)
    }
    for name, value in lists.items():
        setattr(model, name, nn.ModuleList(value))
    return bool(lists)
