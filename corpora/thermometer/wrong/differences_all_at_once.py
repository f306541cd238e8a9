# what: moves all parameters together
# expect: numerical-gradient 1.25
# message: numerical-gradient "All parameters are moved at once"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    slope = (loss(params + delta) - loss(params - delta)) / (2 * delta)
    return slope * torch.ones_like(params)
