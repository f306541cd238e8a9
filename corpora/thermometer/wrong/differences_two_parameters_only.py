# what: knows a weight and a bias and nothing else
# expect: numerical-gradient 1.75
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    w, b = params
    dw = (loss(torch.stack([w + delta, b])) - loss(torch.stack([w - delta, b]))) / (2 * delta)
    db = (loss(torch.stack([w, b + delta])) - loss(torch.stack([w, b - delta]))) / (2 * delta)
    return torch.stack([dw, db])
