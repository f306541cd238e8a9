# what: divided by the number of readings twice
# expect: analytic-gradient 2.5
# message: analytic-gradient "This is divided by the number of readings twice"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([2 * (error * t_u).mean(), 2 * error.mean()]) / len(t_u)
