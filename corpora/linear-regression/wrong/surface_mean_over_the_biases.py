# what: the mean is taken along the axis of the biases instead of that of the points
# expect: loss-surface 0
# message: loss-surface "Is the mean taken over the points"
# %% loss-surface
def loss_surface(weights, biases, x, y):
    predictions = biases[:, None, None] + weights[None, :, None] * x[None, None, :]
    errors = predictions - y[None, None, :]
    return torch.mean(errors ** 2, dim=0)
