# what: W1 x in place of x W1, which fits where D is H alone
# expect: forward-by-hand 3.25
# message: forward-by-hand "This is W1 x"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = torch.matmul(W1, x)
    z2 = z1 + b1
    z3 = torch.sigmoid(z2)
    z4 = torch.matmul(z3, W2)
    yhat = z4 + b2
    l = (yhat - y).pow(2).sum()
    return {"z1": z1, "z2": z2, "z3": z3, "z4": z4, "yhat": yhat, "l": l}
