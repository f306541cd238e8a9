# what: a column of two
# expect: analytic-gradient 2.5
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([2 * (error * t_u).mean(), 2 * error.mean()]).unsqueeze(1)
