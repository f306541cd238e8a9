# what: takes torch's losses out by torch.export, decomposed into operators
# expect: losses 0

# %% losses
import torch.nn.functional as F
from torch.export import Dim, export


class Loss(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, predicted, target):
        return self.function(predicted, target)


n = Dim("n", min=2, max=4096)
exported = {}
for function in (F.l1_loss, F.mse_loss, F.binary_cross_entropy):
    shapes = {"predicted": {0: n}, "target": {0: n}}
    program = export(Loss(function), (torch.rand(7), torch.ones(7)), dynamic_shapes=shapes)
    exported[function.__name__] = program.run_decompositions().module()


def absolute_error(predicted, target):
    return exported["l1_loss"](predicted.reshape(-1), target.reshape(-1))


def squared_error(predicted, target):
    return exported["mse_loss"](predicted.reshape(-1), target.reshape(-1))


def cross_entropy(predicted, target):
    return exported["binary_cross_entropy"](predicted.reshape(-1).clamp(1e-7, 1 - 1e-7), target.reshape(-1))
