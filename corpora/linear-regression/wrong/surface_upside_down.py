# what: the largest bias at the top, as in a picture
# expect: loss-surface 1.5
# %% loss-surface
def loss_surface(weights, biases, x, y):
    error = weights[None, :, None] * x + biases[:, None, None] - y
    return (error**2).mean(-1).flip(0)
