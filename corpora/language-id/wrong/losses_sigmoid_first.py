# what: a sigmoid before the cross-entropy
# expect: losses 2.25
# message: losses "sigmoid"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * torch.sigmoid(p).log() + (1 - target) * (1 - torch.sigmoid(p)).log()).mean()
