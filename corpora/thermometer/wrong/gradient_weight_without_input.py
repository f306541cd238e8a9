# what: the derivative with respect to the weight has no input in it
# expect: analytic-gradient 2.25
# message: analytic-gradient "The reading is missing"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([2 * error.mean(), 2 * error.mean()])
