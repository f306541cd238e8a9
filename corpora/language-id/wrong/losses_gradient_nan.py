# what: mends the logarithm's result, not its input: the gradient is NaN
# expect: losses 3.25
# message: losses "gradient"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    log_p = predicted.log().clamp(min=-100)
    log_q = (1 - predicted).log().clamp(min=-100)
    return -(target * log_p + (1 - target) * log_q).mean()
