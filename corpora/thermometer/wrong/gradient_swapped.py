# what: the derivative with respect to the bias comes first
# expect: analytic-gradient 2.5
# message: analytic-gradient "The two entries have changed places"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([2 * error.mean(), 2 * (error * t_u).mean()])
