"""Runs next to the student's code, sent there as source: what the tests of `capstone` need there."""

import os
import tempfile

import torch
from torch import nn


def make_network(width=4, dropout=0.5):
    if isinstance(width, float) and width.is_integer():
        width = int(width)  # that it was saved as a whole number is asked for elsewhere
    return nn.Sequential(
        nn.Conv2d(1, width, 3),
        nn.BatchNorm2d(width),
        nn.Dropout(dropout),
        nn.Flatten(),
        nn.Linear(4 * width, 3),
    )


class Mixture(nn.Module):
    """Parameters of its own and of layers in layers; tables of one row, one column, and of two to four dimensions."""

    def __init__(self):
        super().__init__()
        self.table, self.shift = nn.Parameter(torch.randn(2, 3)), nn.Parameter(torch.randn(3))
        self.inner = nn.Sequential(nn.Sequential(nn.Conv1d(2, 3, 2), nn.LayerNorm(3)), nn.Embedding(4, 2))
        self.pictures = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
        self.last, self.column = nn.Linear(3, 1), nn.Linear(1, 3)


def make_mixture():
    return Mixture()


def make_precise(size, rate):
    if not isinstance(size, int):
        whole = isinstance(size, float) and size.is_integer()
        asked = "a whole number was saved" if whole else "how does each number of the setting find its place?"
        raise TypeError(f"make_network gets size={size!r}: {asked}")
    return make_network(size, rate).double()


def unusual_settings(optimizer):
    """The names of the settings that change what AdamW computes, where they are not PyTorch's."""
    usual = torch.optim.AdamW([nn.Parameter(torch.zeros(1))]).defaults | {"betas": [0.9, 0.999]}
    found = []
    for name in ("betas", "eps", "amsgrad", "maximize"):
        for group in optimizer.param_groups:
            value = group.get(name, usual[name])
            value = list(value) if name == "betas" else value
            if value != usual[name] and name not in found:
                found.append(name)
    return found


def leave(network, gradients):
    for parameter, gradient in zip(network.parameters(), gradients, strict=True):
        parameter.grad = gradient.clone()


def make_training(begin_epoch):
    """A network, and what trains it for an epoch: all of its numbers become that of the epoch."""
    network = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))

    def run_epoch():
        number = begin_epoch(torch.is_grad_enabled())
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

    given = []

    def train(setting, images, labels):
        given.append(setting)
        return Numbered(trained(dict(setting), images, labels))

    def accuracy(network, images, labels):
        keys = [key for setting in given for key in setting]
        return asked(number_of(network), images, labels, keys)

    return train, accuracy


def new_path(name="network.pt"):
    return os.path.join(tempfile.mkdtemp(), name)


LEFT = []


def moved(path, alone):
    """The file, moved to another folder, `alone` under another name, else with the files next to it; None without it.

    Which files are left behind is kept for `others_left`.
    """
    if not os.path.isfile(path):
        return None
    folder, name = os.path.split(path)
    files = (
        [name]
        if alone
        else [each for each in os.listdir(folder) if os.path.isfile(os.path.join(folder, each))]
    )
    new = tempfile.mkdtemp()
    for each in files:
        to = "moved.pt" if alone else each
        with open(os.path.join(folder, each), "rb") as old, open(os.path.join(new, to), "wb") as copy:
            copy.write(old.read())
        os.remove(os.path.join(folder, each))
    LEFT[:] = os.listdir(folder)
    return os.path.join(new, "moved.pt" if alone else name)


def others_left():
    return bool(LEFT)


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


def logits(network, pictures, device, shift, scale):
    network.eval()
    with torch.no_grad():
        parts = ((part.float() / 255 - shift) / scale for part in pictures.split(500))
        return torch.cat([network(part.to(device)).cpu() for part in parts])


def devices(network):
    return sorted({parameter.device.type for parameter in network.parameters()})
