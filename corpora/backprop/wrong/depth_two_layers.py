# what: written for one hidden layer; deeper networks get the wrong middle
# expect: any-depth 4
# %% any-depth
def mlp_gradients(x, y, weights, biases):
    xs = [x]
    for W, b in zip(weights, biases):
        xs.append(torch.sigmoid(W @ xs[-1] + b))
    d_last = xs[-1] - y
    gw = [torch.zeros_like(W) for W in weights]
    gb = [torch.zeros_like(b) for b in biases]
    gw[-1], gb[-1] = torch.outer(d_last, xs[-2]), d_last
    if len(weights) > 1:
        d = weights[-1].T @ d_last * xs[-2] * (1 - xs[-2])
        gw[-2], gb[-2] = torch.outer(d, xs[-3]), d
    return gw, gb
