# what: no protection at 0 and 1
# expect: losses 3.25
# message: losses "finite"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    return -(target * predicted.log() + (1 - target) * (1 - predicted).log()).mean()
