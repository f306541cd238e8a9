# what: forward differences
# expect: numerical-gradient 2.25
# message: numerical-gradient "This is the forward difference"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    result = torch.zeros_like(params).flatten()
    for j in range(params.numel()):
        step = torch.zeros(params.numel())
        step[j] = delta
        result[j] = (loss(params + step.reshape(params.shape)) - loss(params)) / delta
    return result.reshape(params.shape)
