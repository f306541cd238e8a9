# what: half of the squared error, as many textbooks write it
# expect: forward-by-hand 3.5
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1 + b1
    z3 = torch.sigmoid(z2)
    z4 = z3 @ W2
    yhat = z4 + b2
    return {"z1": z1, "z2": z2, "z3": z3, "z4": z4, "yhat": yhat, "l": 0.5 * (yhat - y).pow(2).sum()}
