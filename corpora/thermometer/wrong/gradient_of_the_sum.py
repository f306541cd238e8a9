# what: the gradient of the sum of squares
# expect: analytic-gradient 2.5
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([(2 * error * t_u).sum(), (2 * error).sum()])
