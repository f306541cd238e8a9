# what: the 2 of the square is forgotten
# expect: analytic-gradient 2.5
# message: analytic-gradient "factor 2"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([(error * t_u).mean(), error.mean()])
