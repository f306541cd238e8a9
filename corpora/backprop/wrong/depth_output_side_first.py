# what: the lists come back in the order in which they were made
# expect: any-depth 5.5
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    xs = [x]
    for W, b in zip(weights, biases):
        xs.append(torch.sigmoid(W @ xs[-1] + b))
    ds = xs[-1] - y
    gw, gb = [], []
    for k in reversed(range(len(weights))):
        gw.append(torch.outer(ds, xs[k]))
        gb.append(ds)
        ds = weights[k].T @ ds * xs[k] * (1 - xs[k])
    return gw, gb
