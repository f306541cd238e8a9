# what: the difference of the losses, not divided
# expect: numerical-gradient 2.25
# message: numerical-gradient "The difference is not divided by the distance between the two places"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    result = torch.zeros_like(params).flatten()
    for j in range(params.numel()):
        step = torch.zeros(params.numel())
        step[j] = delta
        step = step.reshape(params.shape)
        result[j] = loss(params + step) - loss(params - step)
    return result.reshape(params.shape)
