# what: without brackets the difference is divided by 2 and then multiplied by delta
# expect: numerical-gradient 2.25
# message: numerical-gradient "are brackets missing"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    gradient = torch.zeros(params.numel())
    for j in range(params.numel()):
        up = params.clone().flatten()
        up[j] += delta
        down = params.clone().flatten()
        down[j] -= delta
        diff = loss(up.reshape(params.shape)) - loss(down.reshape(params.shape))
        gradient[j] = diff / 2 * delta
    return gradient.reshape(params.shape)
