# what: another step where none is given
# expect: numerical-gradient 2.75
# message: numerical-gradient "Your step is another one"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-3):
    result = torch.zeros_like(params).flatten()
    for j in range(params.numel()):
        step = torch.zeros(params.numel())
        step[j] = delta
        step = step.reshape(params.shape)
        result[j] = (loss(params + step) - loss(params - step)) / (2 * delta)
    return result.reshape(params.shape)
