# what: torch's own squared error; the other two are by formula
# expect: losses 3.5
# message: losses "MSELoss|mse_loss"
# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    return nn.MSELoss()(predicted, target)


def cross_entropy(predicted, target):
    p = predicted.clamp(1e-7, 1 - 1e-7)
    return -(target * p.log() + (1 - target) * (1 - p).log()).mean()
