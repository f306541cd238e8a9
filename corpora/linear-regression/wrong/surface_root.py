# what: the root of the mean square
# expect: loss-surface 2

# %% loss-surface
def loss_surface(weights, biases, x, y):
    p = weights[None, :, None] * x + biases[:, None, None]
    return ((p - y) ** 2).mean(-1).sqrt()
