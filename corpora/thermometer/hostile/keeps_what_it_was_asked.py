# what: the loss function of the differences is kept and asked again later; answers are remembered between tests
# expect: numerical-gradient 0..0.5
# %% numerical-gradient
_kept = []

def numerical_gradient(loss, params, delta=1e-1):
    _kept.append(loss)
    for old in _kept:
        old(params)
    return torch.full_like(params, float(loss(params)))
