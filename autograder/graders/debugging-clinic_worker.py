"""Runs next to the student's code, sent there as source: what the tests of `debugging-clinic` need there."""

import functools

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def make_linear(weight, bias):
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer


def make_noting_linear(weight, bias, saw):
    layer = make_linear(weight, bias)
    layer.register_forward_hook(functools.partial(note, saw))  # no lambda: a model with one cannot be saved
    return layer


def note(saw, layer, inputs, output):
    if output.requires_grad:
        saw(inputs[0].detach(), layer.training)


def make_optimizer(model, kind, rate, options, stepped):
    if isinstance(rate, float):
        held = [{"params": list(model.parameters()), "lr": rate}]
    else:
        held = [{"params": [p], "lr": lr} for p, lr in zip(model.parameters(), rate, strict=True)]
    optimizer = getattr(torch.optim, kind)(held, **options)
    if stepped is not None:
        optimizer.register_step_post_hook(lambda *_: stepped())
    return optimizer


def has_graph(cure, model, X, y, optimizer):
    result = cure(model, X, y, optimizer, 1)
    pair = isinstance(result, (list, tuple)) and len(result) == 2
    return pair and getattr(result[1], "requires_grad", False) is True


def make_loader(X, y, batch_size, shuffle, order=None):
    return DataLoader(TensorDataset(X, y), batch_size=batch_size, shuffle=shuffle, sampler=order)


def fill(model, values):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(values[name])


def learn_once(model, X):
    model.zero_grad()
    (model(X) ** 2).sum().backward()


def frozen(model):
    return [name for name, parameter in model.named_parameters() if not parameter.requires_grad]


def stuck_parameters(model, X, y):
    # names of the parameters whose gradient is 0 in each of some updates
    stuck = dict(model.named_parameters())
    for _ in range(8):
        model.zero_grad()
        ((model(X) - y) ** 2).mean().backward()
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if parameter.grad is None or parameter.grad.any():  # None is another message's
                    stuck.pop(name, None)
                if parameter.grad is not None:
                    parameter -= 0.01 * parameter.grad.sign()  # however small the gradient is
    return list(stuck)


def double_output(model, X):
    return model.double()(X.double())


def give_state(one, other, X):
    other.load_state_dict(one.state_dict())
    return one(X), other(X)


def trace_linear(model, X):
    came, left, handles = [], [], []

    def note(layer, inputs, output):
        came.append(inputs[0].detach().clone())  # a nonlinearity may work in place
        left.append(output.detach().clone())

    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            handles.append(layer.register_forward_hook(note))
    model.eval()
    with torch.no_grad():
        output = model(X)
    for handle in handles:
        handle.remove()
    return came, left, output


def spread_out(model, X):
    # every unit's sum gets median 0 and deviation 2 on X, layer after layer: any nonlinearity shows, however deep
    ran = []
    handles = [
        layer.register_forward_hook(lambda layer, *_: ran.append(layer))
        for layer in model.modules()
        if isinstance(layer, nn.Linear)
    ]
    model.eval()
    with torch.no_grad():
        model(X)
        for handle in handles:
            handle.remove()
        for place, layer in enumerate(ran):
            sums = trace_linear(model, X)[1][place]
            scale = 2 / sums.std(dim=0).clamp(min=1e-6)
            layer.weight.mul_(scale[:, None])
            if layer.bias is not None:  # that each has one is another test's question
                layer.bias.sub_(sums.median(dim=0).values).mul_(scale)


def linear_sizes(model):
    return [tuple(layer.weight.shape) for layer in model.modules() if isinstance(layer, nn.Linear)]


class Tested(nn.Module):
    def __init__(self, n_inputs, n_classes, delicate, saw):
        super().__init__()
        parts = [nn.BatchNorm1d(n_inputs), nn.Dropout(0.5)] if delicate else []
        self.before = nn.Sequential(*parts)
        self.linear = nn.Linear(n_inputs, n_classes)
        self.saw = saw

    def forward(self, X):
        if self.saw is not None:
            self.saw(X.detach(), self.training)
        return self.linear(self.before(X))


def make_tested(n_inputs, n_classes, delicate, saw):
    return Tested(n_inputs, n_classes, delicate, saw)


def make_fit(given, weight, bias, result):
    def fit(model, X, y):
        model.train()
        given(X.detach(), y.detach())
        with torch.no_grad():
            model.linear.weight.copy_(weight)
            model.linear.bias.copy_(bias)
        return result

    return fit
