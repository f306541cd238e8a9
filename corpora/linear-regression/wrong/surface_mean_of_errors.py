# what: mean of the errors, then squared
# expect: loss-surface 2

# %% loss-surface
def loss_surface(weights, biases, x, y):
    p = weights[None, :, None] * x + biases[:, None, None]
    return (p - y).mean(-1) ** 2
