# what: takes the losses of sklearn.metrics
# expect: losses 0

# %% losses
import torch, sklearn.metrics as M


def absolute_error(predicted, target):
    return torch.tensor(M.mean_absolute_error(target.flatten(), predicted.flatten()), dtype=torch.float32)


def squared_error(predicted, target):
    return torch.tensor(M.mean_squared_error(target.flatten(), predicted.flatten()), dtype=torch.float32)


def cross_entropy(predicted, target):
    return torch.tensor(M.log_loss(target.flatten(), predicted.flatten().double().clamp(1e-7, 1 - 1e-7), labels=[0, 1]), dtype=torch.float32)
