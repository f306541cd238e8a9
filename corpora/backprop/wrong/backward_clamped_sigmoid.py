# what: z2 is clamped at ±10 before the sigmoid, so saturated units keep a derivative
# expect: backward-by-hand 4.5
# message: backward-by-hand "±12"
# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    z3 = torch.sigmoid((x @ W1 + b1).clamp(-10, 10))
    d = 2 * (z3 @ W2 + b2 - y)
    d_z3 = W2 @ d
    s = d_z3 * z3 * (1 - z3)
    deltas = {"yhat": d, "y": -d, "b2": d, "z4": d, "W2": torch.outer(z3, d), "z3": d_z3}
    return deltas | {"z2": s, "b1": s, "z1": s, "W1": torch.outer(x, s), "x": W1 @ s}
