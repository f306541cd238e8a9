"""Runs next to the student's code, sent there as source: what the tests of `vanishing-gradients` need there."""

import torch
from torch import nn


def layers_with_weights(model):
    return [layer for layer in model.layers if hasattr(layer, "weight")]


def holds_others(model):
    return len(layers_with_weights(model)) < len(model.layers)


def layer_parameters(model):
    return [(layer.weight, layer.bias) for layer in layers_with_weights(model)]


def put(model, parameters):
    with torch.no_grad():
        for layer, (weight, bias) in zip(layers_with_weights(model), parameters, strict=False):
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)


def use(model):
    model.eval()


def in_use(model):
    return not any(module.training for module in model.modules())


class Chain(nn.Module):
    def __init__(self, sizes, activation):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:], strict=False))
        self.function = activation

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = self.function(layer(X))
        return self.layers[-1](X)


class Scaled(Chain):
    def __init__(self, sizes, activation):
        super().__init__(sizes, activation)
        self.factor = nn.Parameter(torch.tensor(1.0))

    def forward(self, X):
        return self.factor * super().forward(X)


class Residual(Chain):
    def __init__(self, sizes, activation):
        super().__init__(sizes, activation)
        self.scale = nn.Linear(1, 1, bias=False)  # its weight is in none of `.layers`
        nn.init.constant_(self.scale.weight, 0.7)

    def forward(self, X):
        X = self.function(self.layers[0](X))
        for layer in self.layers[1:-1]:
            X = X + self.scale.weight * self.function(layer(X))
        return self.layers[-1](X)


class Watched:
    def __init__(self, model):
        self.held = list(model.parameters())

    def same(self, model):
        now = list(model.parameters())
        return len(now) == len(self.held) and all(
            a is b and b.requires_grad for a, b in zip(self.held, now, strict=True)
        )


def doubled_sine(s):
    return 2 * torch.sin(s)
