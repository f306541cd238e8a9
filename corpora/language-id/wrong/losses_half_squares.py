# what: a factor of one half in the squared error
# expect: losses 3.5
# message: losses "one half"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean() / 2


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()
