# what: the absolute value as a root, without a slope at 0
# expect: losses 3.25
# message: losses "where the first prediction is its target"

# %% losses
def absolute_error(predicted, target):
    return ((predicted - target) ** 2).sqrt().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()
