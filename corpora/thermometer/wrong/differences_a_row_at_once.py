# what: loops over len(params), so for a matrix a whole row is moved at once instead of a single entry
# expect: numerical-gradient 2.5
# message: numerical-gradient "A whole row is moved at once"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    grad = torch.zeros_like(params)
    for j in range(len(params)):
        up = params.clone()
        down = params.clone()
        up[j] = up[j] + delta
        down[j] = down[j] - delta
        grad[j] = (loss(up) - loss(down)) / (2 * delta)
    return grad
