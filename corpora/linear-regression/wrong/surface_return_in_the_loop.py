# what: the return is inside the outer loop, so only the first row is filled in
# expect: loss-surface 1.5
# message: loss-surface "Only the first row is filled"
# %% loss-surface
def loss_surface(weights, biases, x, y):
    result = torch.zeros(len(biases), len(weights))
    for i in range(len(biases)):
        for j in range(len(weights)):
            yhat = weights[j] * x + biases[i]
            result[i, j] = torch.mean((yhat - y) ** 2)
        return result
