# what: the derivative under the bias has the input in it
# expect: analytic-gradient 1
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([2 * (error * t_u).mean(), 2 * (error * t_u).mean()])
