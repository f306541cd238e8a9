# what: keeps only the end of the pass
# expect: forward-by-hand 0.5..3.75
# message: forward-by-hand "`z1` is missing"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    yhat = torch.sigmoid(x @ W1 + b1) @ W2 + b2
    return dict(yhat=yhat, l=((y - yhat) ** 2).sum())

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    z3 = torch.sigmoid(x @ W1 + b1)
    e = 2 * (z3 @ W2 + b2 - y)
    s = W2[:, 0] * e * z3 * (1 - z3)
    return dict(yhat=e, y=-e, b2=e, z4=e, W2=torch.outer(z3, e), z3=W2[:, 0] * e, z2=s, b1=s, z1=s,
                W1=torch.outer(x, s), x=W1 @ s)
