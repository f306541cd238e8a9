# what: moves by half of delta, and divides by delta
# expect: numerical-gradient 2.25
# message: numerical-gradient "Your step is not the `delta` that was passed"

# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    g = torch.zeros_like(params)
    for i in range(params.numel()):
        up, dn = params.clone(), params.clone()
        up.view(-1)[i] += delta / 2
        dn.view(-1)[i] -= delta / 2
        g.view(-1)[i] = (loss(up) - loss(dn)) / delta
    return g
