# what: the sigmoid of z1
# expect: forward-by-hand 3.25
# message: forward-by-hand "is b1 added"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1 + b1
    z3 = torch.sigmoid(z1)
    z4 = z3 @ W2
    yhat = z4 + b2
    l = ((yhat - y) ** 2).sum()
    return {"z1": z1, "z2": z2, "z3": z3, "z4": z4, "yhat": yhat, "l": l}
