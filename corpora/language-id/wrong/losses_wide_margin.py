# what: a margin of 0.05 inside the logarithm, far from the formula too
# expect: losses 2.25
# message: losses "should cost|margin"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    p = predicted.clamp(0.05, 1 - 0.05)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()
