# what: the opposite direction
# expect: analytic-gradient 2.5
# message: analytic-gradient "opposite"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = t_c - (w * t_u + b)
    return torch.stack([2 * (error * t_u).mean(), 2 * error.mean()])
