# what: the cross-entropy without its minus sign
# expect: losses 3
# message: losses "minus sign"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return (target * p.log() + (1 - target) * (1 - p).log()).mean()
