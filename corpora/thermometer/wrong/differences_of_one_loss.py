# what: keeps the first loss as a tensor, which may be an entry of the copy that moves on
# expect: numerical-gradient 2.5
# message: numerical-gradient "the gradient of the last entry"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    moved = params.clone(memory_format=torch.contiguous_format)
    flat, slopes = moved.view(-1), []
    for j, here in enumerate(params.flatten().tolist()):
        flat[j] = here + delta
        up = loss(moved)
        flat[j] = here - delta
        slopes.append((up - loss(moved)) / (2 * delta))
        flat[j] = here
    return torch.stack(slopes).reshape(params.shape)
