# what: the caller's tensor moved up, down and up again, which leaves it off by rounding
# expect: numerical-gradient 2.5
# message: numerical-gradient "exactly what it was before"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    slopes = []
    for step in delta * torch.eye(params.numel()).reshape(-1, *params.shape):
        params += step
        up = loss(params).item()
        params -= 2 * step
        slopes.append((up - loss(params).item()) / (2 * delta))
        params += step
    return torch.tensor(slopes).reshape(params.shape)
