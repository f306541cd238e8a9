# what: mean of the error times mean of the input
# expect: analytic-gradient 2.25
# message: analytic-gradient "Each error should be multiplied by its own reading before the mean is"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([2 * error.mean() * t_u.mean(), 2 * error.mean()])
