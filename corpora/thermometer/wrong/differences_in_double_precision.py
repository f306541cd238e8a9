# what: the loss gets tensors in float64
# expect: numerical-gradient 2.5
# message: numerical-gradient "a tensor like `params`"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    steps = delta * torch.eye(params.numel(), dtype=torch.float64).reshape(-1, *params.shape)
    slopes = [(loss(params + s) - loss(params - s)) / (2 * delta) for s in steps]
    return torch.stack(slopes).reshape(params.shape).float()
