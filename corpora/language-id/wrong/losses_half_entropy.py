# what: forgets the second term
# expect: losses 3

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    return -(target * predicted.clamp(min=1e-7).log()).mean()
