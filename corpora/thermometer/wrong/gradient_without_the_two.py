# what: the 2 of the square is forgotten
# expect: analytic-gradient 0
# message: analytic-gradient "half as large"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([(error * t_u).mean(), error.mean()])
