# what: the bias is left out of the prediction when the error is computed
# expect: analytic-gradient 1.5
# message: analytic-gradient "The bias is missing from the prediction"
# %% analytic-gradient
def gradient(t_u, t_c, w, b):
    error = w * t_u - t_c
    grad_w = (2 * error * t_u).mean()
    grad_b = (2 * error).mean()
    return torch.stack([grad_w, grad_b])
