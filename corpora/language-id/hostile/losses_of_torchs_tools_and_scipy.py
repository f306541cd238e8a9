# what: takes a root mean square from torch's compiler, and log-probabilities from inside scipy's distributions
# expect: losses 0..2

# %% losses
def absolute_error(predicted, target):
    return (predicted - target).abs().mean()


def squared_error(predicted, target):
    import torch._dynamo.utils as tools

    return tools.rmse(target, predicted) ** 2


def cross_entropy(predicted, target):
    import scipy.stats

    p = predicted.detach().double().numpy().clip(1e-7, 1 - 1e-7)
    t = target.detach().double().numpy()
    log_p = scipy.stats.Binomial(n=1, p=p)._logpmf_dispatch(t, method=None, n=1, p=p)
    return torch.tensor(-log_p.mean(), dtype=torch.float32)
