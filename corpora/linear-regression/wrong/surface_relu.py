# what: a relu in the prediction
# expect: loss-surface 2
# message: loss-surface "relu"

# %% loss-surface
def loss_surface(weights, biases, x, y):
    return (((weights[None, :, None] * x + biases[:, None, None]).relu() - y) ** 2).mean(dim=-1)
