# what: divides by 0.2, whatever delta is
# expect: numerical-gradient 1.75
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    result = torch.zeros_like(params).flatten()
    for j in range(params.numel()):
        step = torch.zeros(params.numel())
        step[j] = delta
        step = step.reshape(params.shape)
        result[j] = (loss(params + step) - loss(params - step)) / 0.2
    return result.reshape(params.shape)
