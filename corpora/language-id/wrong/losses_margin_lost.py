# what: a margin that float32 cannot hold at 1
# expect: losses 3.25

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-12, 1 - 1e-12)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()
