# what: the return is indented into the loop, so only the first entry is ever measured
# expect: numerical-gradient 1.25
# message: numerical-gradient "Only the first entry is filled"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    grad = torch.zeros(params.numel())
    for i in range(params.numel()):
        d = torch.zeros(params.numel())
        d[i] = delta
        d = d.reshape(params.shape)
        L1 = loss(params + d)
        L2 = loss(params - d)
        grad[i] = (L1 - L2) / (2*delta)
        return grad.reshape(params.shape)
