# what: the derivative under the bias has the input in it
# expect: analytic-gradient 2.25
# message: analytic-gradient "The reading belongs in dL/dw alone"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u + b - t_c
    return torch.stack([2 * (error * t_u).mean(), 2 * (error * t_u).mean()])
