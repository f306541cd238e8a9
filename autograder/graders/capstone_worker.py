"""Runs next to the student's code, sent there as source: what the tests of `capstone` need there."""

import os
import tempfile

import torch
from torch import nn


def make_network(width=4, dropout=0.5):
    return nn.Sequential(
        nn.Conv2d(1, width, 3),
        nn.BatchNorm2d(width),
        nn.Dropout(dropout),
        nn.Flatten(),
        nn.Linear(4 * width, 3),
    )


class Mixture(nn.Module):
    """Parameters of its own and of layers in layers; tables of one row, and of two, three and four dimensions."""

    def __init__(self):
        super().__init__()
        self.table, self.shift = nn.Parameter(torch.randn(2, 3)), nn.Parameter(torch.randn(3))
        self.inner = nn.Sequential(nn.Sequential(nn.Conv1d(2, 3, 2), nn.LayerNorm(3)), nn.Embedding(4, 2))
        self.pictures = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
        self.last = nn.Linear(3, 1)


def make_mixture():
    return Mixture()


def make_precise(size, rate):
    return make_network(size, rate).double()


def leave(network, gradients):
    for parameter, gradient in zip(network.parameters(), gradients, strict=True):
        parameter.grad = gradient.clone()


def make_training(begin_epoch):
    """A network, and what trains it for an epoch: all of its numbers become that of the epoch."""
    network = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))

    def run_epoch():
        number = begin_epoch()
        for values in network.state_dict().values():
            values.fill_(number)

    return network, run_epoch


class Numbered(nn.Module):
    def __init__(self, number):
        super().__init__()
        self.linear = nn.Linear(1, 1)
        self.number = number


def number_of(network):
    return network.number if isinstance(network, Numbered) else -1


def make_laboratory(trained, asked):
    """`train` and `accuracy` that the judge answers, each network by its number."""

    def train(setting, images, labels):
        return Numbered(trained(dict(setting), images, labels))

    def accuracy(network, images, labels):
        return asked(number_of(network), images, labels)

    return train, accuracy


def new_path(name="network.pt"):
    return os.path.join(tempfile.mkdtemp(), name)


def moved(path):
    """What the file holds, under another name in another folder; None without a file."""
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as old, open(new_path(), "wb") as new:
        new.write(old.read())
    os.remove(path)
    return new.name


def reads_safely(path):
    torch.load(path, weights_only=True)
    return True


def move(network):
    """Trains on, so to speak: every number changes."""
    with torch.no_grad():
        for values in network.state_dict().values():
            values.add_(1)


def has_mode(network, training):
    """Whether any part of the network is in this mode."""
    return any(part.training is training for part in network.modules())


def is_one(network, other):
    return network is other


def train(train_classifier, pictures, labels, seed, device):
    return train_classifier(pictures.float() / 255, labels, seed, device)


def logits(network, pictures, device):
    network.eval()
    with torch.no_grad():
        return torch.cat([network((part.float() / 255).to(device)).cpu() for part in pictures.split(500)])


def devices(network):
    return sorted({parameter.device.type for parameter in network.parameters()})
