# what: sums instead of means
# expect: losses 3.5
# message: losses "Is it a sum"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().sum()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).sum()


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).sum()
