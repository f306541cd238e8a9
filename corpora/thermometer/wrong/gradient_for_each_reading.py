# what: one gradient for each reading, not their mean
# expect: analytic-gradient 0
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([2 * error * t_u, 2 * error])
