# what: a sum, without the factor 2
# expect: analytic-gradient 2.5
# message: analytic-gradient "This is a sum over the readings, and the factor 2 is missing"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([(error * t_u).sum(), error.sum()])
