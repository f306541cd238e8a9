# what: p - y is the derivative under s already, and is multiplied by the sigmoid's derivative once more
# expect: any-depth 5
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    xs = [x]
    for W, b in zip(weights, biases):
        xs.append(torch.sigmoid(W @ xs[-1] + b))
    dx = xs[-1] - y
    gw, gb = [], []
    for k in reversed(range(len(weights))):
        ds = dx * xs[k + 1] * (1 - xs[k + 1])
        gw.insert(0, torch.outer(ds, xs[k]))
        gb.insert(0, ds)
        dx = weights[k].T @ ds
    return gw, gb
