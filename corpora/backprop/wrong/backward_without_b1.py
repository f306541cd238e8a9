# what: the forward pass inside the backward pass forgets b1
# expect: backward-by-hand 5
# message: backward-by-hand "without b1"
# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z3 = torch.sigmoid(z1)
    z4 = z3 @ W2
    yhat = z4 + b2
    d = {"yhat": 2 * (yhat - y), "y": 2 * (y - yhat)}
    d["b2"] = d["z4"] = d["yhat"]
    d["W2"], d["z3"] = torch.outer(z3, d["z4"]), W2 @ d["z4"]
    d["z2"] = d["z3"] * z3 * (1 - z3)
    d["b1"] = d["z1"] = d["z2"]
    d["W1"], d["x"] = torch.outer(x, d["z1"]), W1 @ d["z1"]
    return d
