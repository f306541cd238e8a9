# what: no sigmoid after the last layer, squared error
# expect: any-depth 5
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    xs = [x]
    for k, (W, b) in enumerate(zip(weights, biases)):
        s = W @ xs[-1] + b
        xs.append(torch.sigmoid(s) if k + 1 < len(weights) else s)
    ds = 2 * (xs[-1] - y)
    gw, gb = [], []
    for k in reversed(range(len(weights))):
        gw.insert(0, torch.outer(ds, xs[k]))
        gb.insert(0, ds)
        ds = weights[k].T @ ds * xs[k] * (1 - xs[k])
    return gw, gb
