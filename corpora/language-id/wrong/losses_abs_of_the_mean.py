# what: the absolute value of the mean
# expect: losses 3.5
# message: losses "absolute value"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).mean().abs()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()
