# what: the bias gradients are the means of the weights' rows
# expect: any-depth 1.5
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    xs = [x]
    for W, b in zip(weights, biases):
        xs.append(torch.sigmoid(W @ xs[-1] + b))
    ds = xs[-1] - y
    gw, gb = [], []
    for k in reversed(range(len(weights))):
        gw.insert(0, torch.outer(ds, xs[k]))
        gb.insert(0, gw[0].mean(dim=1))
        ds = weights[k].T @ ds * xs[k] * (1 - xs[k])
    return gw, gb
