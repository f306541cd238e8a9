# what: the square of the mean
# expect: losses 3.5
# message: losses "square of the mean"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return (predicted - target).mean() ** 2


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()
