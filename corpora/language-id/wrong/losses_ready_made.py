# what: PyTorch's losses under other names
# expect: losses 0
# message: losses "formula"

# %% losses
from torch.nn.functional import mse_loss as mean_of_squares

entropy = nn.BCELoss()


def absolute_error(predicted, target):
    return nn.functional.l1_loss(predicted, target)


def squared_error(predicted, target):
    return mean_of_squares(predicted, target)


def cross_entropy(predicted, target):
    return entropy(predicted, target)
