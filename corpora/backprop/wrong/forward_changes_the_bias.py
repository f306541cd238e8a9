# what: adds z4 to b2 in place: right values, a changed argument
# expect: forward-by-hand 3.5..3.75
# message: forward-by-hand "changes its argument `b2`"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1 + b1
    z3 = torch.sigmoid(z2)
    z4 = z3 @ W2
    b2 += z4
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=b2, l=((y - b2) ** 2).sum())
