# what: two copies of the parameters, in which each stays where it was moved
# expect: numerical-gradient 2.5
# message: numerical-gradient "should start from the same parameters"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    result = torch.zeros_like(params)
    up, down = params.clone(), params.clone()
    for j in range(params.numel()):
        up.view(-1)[j] += delta
        down.view(-1)[j] -= delta
        result.view(-1)[j] = (loss(up) - loss(down)) / (2 * delta)
    return result
