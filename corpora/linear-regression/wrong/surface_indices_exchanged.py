# what: the entry is written to [j, i], with the indices of weight and bias exchanged
# expect: loss-surface 1
# message: loss-surface "Rows and columns have changed places"
# %% loss-surface
def loss_surface(weights, biases, x, y):
    out = torch.empty(biases.shape[0], weights.shape[0])
    for i in range(biases.shape[0]):
        for j in range(weights.shape[0]):
            pred = weights[j] * x + biases[i]
            out[j, i] = F.mse_loss(pred, y)
    return out
