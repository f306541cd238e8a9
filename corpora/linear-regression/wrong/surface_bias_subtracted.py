# what: subtracts the bias
# expect: loss-surface 2
# %% loss-surface
def loss_surface(weights, biases, x, y):
    error = weights[None, :, None] * x - biases[:, None, None] - y
    return (error**2).mean(-1)
