# what: the mean over the whole grid
# expect: loss-surface 0
# %% loss-surface
def loss_surface(weights, biases, x, y):
    error = weights[None, :, None] * x + biases[:, None, None] - y
    return (error**2).mean() * torch.ones(len(biases), len(weights))
