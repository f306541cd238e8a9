# what: divides by delta where the two places are 2 delta apart
# expect: numerical-gradient 2.25
# message: numerical-gradient "The two places are `2 * delta` apart, and you divide by `delta`"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    result = torch.zeros_like(params).flatten()
    for j in range(params.numel()):
        step = torch.zeros(params.numel())
        step[j] = delta
        step = step.reshape(params.shape)
        result[j] = (loss(params + step) - loss(params - step)) / delta
    return result.reshape(params.shape)
