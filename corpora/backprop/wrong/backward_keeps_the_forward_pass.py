# what: keeps the forward pass of an x, although the weights change
# expect: backward-by-hand 5
# message: backward-by-hand "first call"
# %% backward-by-hand
kept = [None, None]

def backward_by_hand(x, y, W1, b1, W2, b2):
    if kept[0] is not x:
        z3 = torch.sigmoid(x @ W1 + b1)
        kept[:] = x, (z3, z3 @ W2 + b2)
    z3, yhat = kept[1]
    d = 2 * (yhat - y)
    d_z3 = W2 @ d
    s = d_z3 * z3 * (1 - z3)
    deltas = {"yhat": d, "y": -d, "b2": d, "z4": d, "W2": torch.outer(z3, d), "z3": d_z3}
    return deltas | {"z2": s, "b1": s, "z1": s, "W1": torch.outer(x, s), "x": W1 @ s}
