# what: cross-entropy in double precision with a small margin

# %% losses
def absolute_error(predicted, target):
    return (target - predicted).abs().mean()


def squared_error(predicted, target):
    return (target - predicted).square().mean()


def cross_entropy(predicted, target):
    p = predicted.double()
    p = 1e-12 + (1 - 2e-12) * p
    return (-target * torch.log(p) - (1 - target) * torch.log1p(-p)).mean().float()
