# what: returns floats, without a way back for the gradient
# expect: losses 3.25
# message: losses "autograd"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean().item()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean().item()


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean().item()
