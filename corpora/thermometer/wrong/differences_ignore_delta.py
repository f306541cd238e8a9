# what: a step of its own, whatever delta is
# expect: numerical-gradient 2.25
# message: numerical-gradient "Your step is not the `delta` that was passed"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    h = 1e-2
    result = torch.zeros_like(params).flatten()
    for j in range(params.numel()):
        step = torch.zeros(params.numel())
        step[j] = h
        step = step.reshape(params.shape)
        result[j] = (loss(params + step) - loss(params - step)) / (2 * h)
    return result.reshape(params.shape)
