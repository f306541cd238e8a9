"""Runs next to the student's code, sent there as source: what the tests of `convnets` need there."""

import functools

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset


def make_loader(inputs, labels, batch_size, shuffle):
    return DataLoader(TensorDataset(inputs, labels), batch_size=batch_size, shuffle=shuffle)


def make_set(images, labels):
    return TensorDataset(images.float() / 255 if images.dtype == torch.uint8 else images, labels)


def turn_held_out():
    """Turns the order of the notebook's held-out digits round."""
    held_out = getattr(notebook, "test_set", None)  # noqa: F821
    if isinstance(held_out, TensorDataset):
        for tensor in held_out.tensors:
            tensor.copy_(tensor.flip(0))


class Counted(Dataset):
    def __init__(self, inputs, labels, seen):
        self.inputs, self.labels, self.seen = inputs, labels, seen

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        self.seen(int(index))
        return self.inputs[index], self.labels[index]


def make_counted_loader(inputs, labels, batch_size, seen):
    return DataLoader(Counted(inputs, labels, seen), batch_size=batch_size, shuffle=True)


def make_sampling_loader(inputs, labels, batch_size, drawn):
    return DataLoader(TensorDataset(inputs, labels), batch_size=batch_size, sampler=drawn)


class Watched(nn.Module):
    def __init__(self, weight, bias, saw=None, learned=None, before=None):
        super().__init__()
        self.before = nn.Sequential(*before) if before else nn.Identity()
        self.linear = nn.Linear(weight.shape[1], weight.shape[0])
        self.linear.load_state_dict({"weight": weight, "bias": bias})
        self.saw, self.learned = saw, learned

    def forward(self, x):
        out = self.linear(self.before(x).flatten(1))
        if self.saw is not None:
            self.saw(self.training, out.requires_grad)
        if self.learned is not None and out.requires_grad:
            training = all(module.training for module in self.modules())
            out.register_hook(functools.partial(self.note, training, len(x)))
        return out

    def note(self, mode, rows, gradient):
        """A call whose output is differentiated, and no other."""
        self.learned(mode, rows)


def make_watched(weight, bias, saw=None, learned=None):
    return Watched(weight, bias, saw, learned)


class Turning(Watched):
    """In eval mode each answer is the next class."""

    def forward(self, x):
        out = super().forward(x)
        return out if self.training else out.roll(1, dims=1)


def make_turning(weight, bias, learned):
    return Turning(weight, bias, learned=learned)


def freeze_every_other(network):
    for parameter in list(network.parameters())[::2]:
        parameter.requires_grad_(False)


def make_delicate(weight, bias):
    return Watched(weight, bias, before=[nn.BatchNorm2d(1), nn.Dropout(0.5)])


def make_sgd(network, rate, momentum):
    return torch.optim.SGD(network.parameters(), lr=rate, momentum=momentum)


def grad_mode(on):
    torch.set_grad_enabled(on)


def devices(network):
    return sorted({parameter.device.type for parameter in network.parameters()})


class Crossed(nn.Module):
    def __init__(self, a, b, c):
        super().__init__()
        self.last = nn.Linear(b, c)
        self.never = nn.Linear(a, a)
        self.squash = nn.Tanh()
        self.first = nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(a, b)))

    def forward(self, x):
        return self.squash(self.squash(self.last(self.squash(self.first(x)))))


def make_crossed(a, b, c):
    return Crossed(a, b, c)


class Chain(nn.Module):
    """One after the other, and no Sequential."""

    def __init__(self, *modules):
        super().__init__()
        for number, module in enumerate(modules):
            self.add_module(str(number), module)

    def forward(self, x):
        for module in self.children():
            x = module(x)
        return x


def make_stack(channels, kernel, classes, side):
    left = (side - kernel + 1) // 2
    return nn.Sequential(
        Chain(nn.Conv2d(1, channels, kernel), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
        nn.Linear(channels * left * left, classes),
        nn.Unflatten(0, (1, -1)),
    )


class Mode(nn.Module):
    def __init__(self, saw):
        super().__init__()
        self.saw = saw

    def forward(self, x):
        self.saw(self.training)
        return x


def make_moody(saw, modes):
    network = nn.Sequential(
        nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Sequential(nn.Dropout(0.5), Mode(saw)), nn.ReLU()
    )
    for module, mode in zip(network.modules(), modes, strict=False):
        module.training = mode
    return network


def modes_of(network):
    return [module.training for module in network.modules()]


def hook_others(network, saw):
    network[0].register_forward_hook(lambda module, inputs, output: saw(0))


def hooks_of(network):
    everywhere = nn.modules.module
    return [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in network.modules()] + [
        len(everywhere._global_forward_hooks) + len(everywhere._global_forward_pre_hooks)
    ]
