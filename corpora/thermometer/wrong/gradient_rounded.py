# what: both slopes are rounded to three digits
# expect: analytic-gradient 1.5
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = predict(t_u, w, b) - t_c
    return torch.stack([2 * (error * t_u).mean(), 2 * error.mean()]).round(decimals=3)
