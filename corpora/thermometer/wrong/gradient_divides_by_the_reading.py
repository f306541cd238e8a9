# what: the slope of w divided by the reading again, which is 0 / 0 for a reading of 0
# expect: analytic-gradient 1.5
# message: analytic-gradient "are NaN or infinite"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    slopes = 2 * (predict(t_u, w, b) - t_c) * t_u
    return torch.stack([slopes.mean(), (slopes / t_u).mean()])
