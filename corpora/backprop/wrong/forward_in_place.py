# what: z2 is z1 with b1 added in place, so that z1 changes, too
# expect: forward-by-hand 3.25..3.75
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1
    z2 += b1
    z3 = torch.sigmoid(z2)
    z4 = z3 @ W2
    yhat = z4 + b2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=yhat, l=((y - yhat) ** 2).sum())
