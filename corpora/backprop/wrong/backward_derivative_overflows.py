# what: writes the derivative of the sigmoid in powers of e, which is nan for a saturated unit
# expect: backward-by-hand 4.5
# message: backward-by-hand "finite|NaN"
# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    values = forward_by_hand(x, y, W1, b1, W2, b2)
    out = 2 * (values["yhat"] - y)
    power = (-values["z2"]).exp()
    hidden = W2[:, 0] * out
    inner = hidden * power / (1 + power).square()
    return {
        "yhat": out, "y": -out, "b2": out, "z4": out, "W2": values["z3"][:, None] * out, "z3": hidden,
        "z2": inner, "b1": inner, "z1": inner, "W1": x[:, None] * inner, "x": W1 @ inner,
    }
