# what: z2 (1 - z2) where the sigmoid's value belongs
# expect: backward-by-hand 4.5
# message: backward-by-hand "sigmoid's value"
# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    z2 = x @ W1 + b1
    z3 = torch.sigmoid(z2)
    yhat = z3 @ W2 + b2
    d = 2 * (yhat - y)
    d3 = W2[:, 0] * d
    d2 = d3 * z2 * (1 - z2)
    return {"yhat": d, "y": -d, "b2": d, "z4": d, "W2": (z3 * d)[:, None], "z3": d3,
            "z2": d2, "b1": d2, "z1": d2, "W1": torch.outer(x, d2), "x": W1 @ d2}
