# what: gigantic and empty answers, and the right keys with text in them
# expect: forward-by-hand 0, any-depth 0
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    return {name: "the right value" for name in ("z1", "z2", "z3", "z4", "yhat", "l")}

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    z3 = torch.sigmoid(x @ W1 + b1)
    e = 2 * (z3 @ W2 + b2 - y)
    s = W2[:, 0] * e * z3 * (1 - z3)
    return dict(yhat=e, y=-e, b2=e, z4=e, W2=torch.outer(z3, e), z3=W2[:, 0] * e, z2=s, b1=s, z1=s,
                W1=torch.outer(x, s), x=W1 @ s)

# %% any-depth
def mlp_gradients(x, y, weights, biases):
    return [float("nan")] * 10_000, [[] for _ in range(10_000)]
