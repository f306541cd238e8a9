# what: the readings of the notebook, not those that are passed in
# expect: analytic-gradient 0
# message: analytic-gradient "from the notebook's own readings"
# %% analytic-gradient
def gradient(readings, temperatures, w, b):
    error = w * t_u + b - t_c
    return torch.stack([2 * (error * t_u).mean(), 2 * error.mean()])
