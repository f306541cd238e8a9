# what: backward differences
# expect: numerical-gradient 2.25
# message: numerical-gradient "This is the backward difference"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    result = torch.zeros_like(params).flatten()
    for j in range(params.numel()):
        step = torch.zeros(params.numel())
        step[j] = delta
        step = step.reshape(params.shape)
        result[j] = (loss(params) - loss(params - step)) / delta
    return result.reshape(params.shape)
