# what: moves the entries of a flat tensor, which is a copy of its own where the parameters are transposed
# expect: numerical-gradient 2.5
# message: numerical-gradient "zero everywhere"
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    moved, slopes = params.clone(), []
    flat = moved.flatten() if moved.dim() == 0 else moved.reshape(-1)
    if moved.dim() == 0:
        moved = flat[0]
    for j in range(len(flat)):
        here = flat[j].item()
        flat[j] = here + delta
        up = loss(moved).item()
        flat[j] = here - delta
        slopes.append((up - loss(moved).item()) / (2 * delta))
        flat[j] = here
    return torch.tensor(slopes).reshape(params.shape)
