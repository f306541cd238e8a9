# what: the derivative with respect to x from that of W1, divided by x, which may be 0
# expect: backward-by-hand 5
# message: backward-by-hand "finite"
# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    z3 = torch.sigmoid(x @ W1 + b1)
    d = 2 * (z3 @ W2 + b2 - y)
    d_z3 = W2 @ d
    s = d_z3 * z3 * (1 - z3)
    d_W1 = torch.outer(x, s)
    deltas = {"yhat": d, "y": -d, "b2": d, "z4": d, "W2": torch.outer(z3, d), "z3": d_z3}
    return deltas | {"z2": s, "b1": s, "z1": s, "W1": d_W1, "x": (W1 * d_W1).sum(dim=1) / x}
