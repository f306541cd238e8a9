# what: rows are weights
# expect: loss-surface 1.5
# message: loss-surface "rows"

# %% loss-surface
def loss_surface(weights, biases, x, y):
    p = weights[:, None, None] * x + biases[None, :, None]
    return ((p - y) ** 2).mean(-1)
