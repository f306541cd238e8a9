# what: predictions are kept 0.001 away from 0 and 1, where a certain mistake costs 6.9
# expect: losses 3.25
# message: losses "more than 10"
# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-3, 1 - 1e-3)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()
