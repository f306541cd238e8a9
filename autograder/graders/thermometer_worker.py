"""Runs next to the student's code, sent there as source: what the tests of `thermometer` need there."""

import torch
from torch import nn


def called(function, *arguments):
    # what the function returned, and what has become of its arguments
    result = function(*arguments)
    return result, [argument.detach() for argument in arguments if isinstance(argument, torch.Tensor)]


def graph_sizes(descend, *arguments):
    # how many operations each loss remembers when it is differentiated
    sizes, backward = [], torch.Tensor.backward

    def noted(self, *args, **kwargs):
        seen, queue = set(), [self.grad_fn]
        while queue:
            node = queue.pop()
            if node is not None and node not in seen:
                seen.add(node)
                queue += [before for before, _ in node.next_functions]
        sizes.append(len(seen))
        return backward(self, *args, **kwargs)

    torch.Tensor.backward = noted
    try:
        descend(*arguments)
    finally:
        torch.Tensor.backward = backward
    return sizes


def slopes(predict, mse, t_u, t_c, w, b):
    w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
    loss = mse(predict(t_u, w, b), t_c)
    if not getattr(loss, "requires_grad", False):
        return None
    loss.backward()
    return [w.grad, b.grad]


class Watched(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model
        self.seen = []

    def forward(self, inputs):
        self.seen.append([len(inputs), torch.is_grad_enabled(), self.training])
        return self.model(inputs)


def grad_mode():
    return torch.is_grad_enabled()


def parts(model):
    if not isinstance(model, nn.Sequential):
        return type(model).__name__
    return [name for name, _ in model.named_children()]


def is_dataset(value):
    kinds = torch.utils.data
    return isinstance(value, kinds.Dataset) and not isinstance(value, kinds.IterableDataset)


def item(dataset, index):
    found = dataset[index]
    return list(found) if isinstance(found, (tuple, list)) else found


def batches(dataset, size):
    loader = torch.utils.data.DataLoader(dataset, batch_size=size, shuffle=True)
    return [[tuple(batch) for batch in loader] for _ in range(2)]
