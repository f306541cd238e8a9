# what: takes the weights off the caller's list
# expect: any-depth <6
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    xs = [x]
    for W, b in zip(weights, biases):
        xs.append(torch.sigmoid(W @ xs[-1] + b))
    ds = xs[-1] - y
    gw, gb = [], []
    while weights:
        k = len(weights) - 1
        gw.insert(0, torch.outer(ds, xs[k]))
        gb.insert(0, ds)
        ds = weights.pop().T @ ds * xs[k] * (1 - xs[k])
    return gw, gb
