# what: the logarithm to base 2
# expect: losses 3
# message: losses "base 2"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log2() + (1 - target) * (1 - p).log2()).mean()
