# what: up and down are two names of the caller's tensor (no clone), so the moves cancel and params is written to
# expect: numerical-gradient 0
# message: numerical-gradient "are the two places copies"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    grad = torch.zeros(params.shape)
    for j in range(params.numel()):
        up = params
        down = params
        up.view(-1)[j] += delta
        down.view(-1)[j] -= delta
        grad.view(-1)[j] = (loss(up) - loss(down)) / (2 * delta)
    return grad
