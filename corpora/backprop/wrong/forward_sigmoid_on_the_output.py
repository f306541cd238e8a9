# what: a sigmoid on the output
# expect: forward-by-hand 3
# message: forward-by-hand "the output is linear"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1 + b1
    z3 = torch.sigmoid(z2)
    z4 = z3 @ W2
    yhat = torch.sigmoid(z4 + b2)
    l = ((yhat - y) ** 2).sum()
    return {"z1": z1, "z2": z2, "z3": z3, "z4": z4, "yhat": yhat, "l": l}
