# what: a new copy for each row: the entries of a row stay where they were moved
# expect: numerical-gradient 2.25
# message: numerical-gradient "at a matrix"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    table = params.reshape(-1, 1) if params.dim() < 2 else params.reshape(-1, params.shape[-1])
    result = torch.zeros(table.shape)
    for i in range(table.shape[0]):
        moved = table.clone()
        for j in range(table.shape[1]):
            moved[i, j] += delta
            up = loss(moved.reshape(params.shape)).item()
            moved[i, j] -= 2 * delta
            result[i, j] = (up - loss(moved.reshape(params.shape)).item()) / (2 * delta)
    return result.reshape(params.shape)
