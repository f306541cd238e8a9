# what: the derivative of the mean absolute error
# expect: analytic-gradient 0
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([(error.sign() * t_u).mean(), error.sign().mean()])
