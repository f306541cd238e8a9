# what: the gradients of the biases come in the order in which they were made
# expect: any-depth 5.5
# message: any-depth "`bias_grads` begins at the output"

# %% any-depth
def mlp_gradients(x, y, weights, biases):
    outs = [x]
    for W, b in zip(weights, biases):
        outs.append(torch.sigmoid(W @ outs[-1] + b))
    wg, bg = [None] * len(weights), [None] * len(weights)
    delta = outs[-1] - y
    for k in range(len(weights) - 1, -1, -1):
        wg[k] = torch.outer(delta, outs[k])
        bg[k] = delta
        delta = (weights[k].T @ delta) * outs[k] * (1 - outs[k])
    return wg, bg[::-1]
