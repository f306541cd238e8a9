# what: a margin inside the logarithms that is far off for a probability of 0.001
# expect: losses 3
# message: losses "margin inside the logarithms"

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return ((predicted - target) ** 2).mean()


def cross_entropy(predicted, target):
    right = torch.where(target == 1, predicted, 1 - predicted)
    return -torch.log(right + 1e-5).mean()
