# what: two loops, over rows and columns, or one for a vector: a number or a box of numbers is not provided for
# expect: numerical-gradient 2.5
# %% numerical-gradient
def numerical_gradient(loss, params, delta=1e-1):
    table = params[None] if params.dim() == 1 else params
    slopes = torch.zeros(table.shape)
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            step = torch.zeros(table.shape)
            step[row, column] = delta
            step = step.reshape(params.shape)
            slopes[row, column] = (loss(params + step) - loss(params - step)) / (2 * delta)
    return slopes.reshape(params.shape)
