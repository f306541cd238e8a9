# what: a parameter stays where it was moved while the next one is measured, and the caller's tensor with it
# expect: numerical-gradient 1.75
# message: numerical-gradient "Each parameter stays where it was moved while the next one is measured"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    result = torch.zeros_like(params)
    flat, out = params.view(-1), result.view(-1)
    for j in range(len(flat)):
        flat[j] += delta
        up = loss(params)
        flat[j] -= 2 * delta
        out[j] = (up - loss(params)) / (2 * delta)
    return result
