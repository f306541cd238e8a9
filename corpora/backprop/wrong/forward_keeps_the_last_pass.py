# what: keeps the values of an x, although the weights change
# expect: forward-by-hand 3.5
# message: forward-by-hand "second call"
# %% forward-by-hand
kept = [None, None]

def forward_by_hand(x, y, W1, b1, W2, b2):
    if kept[0] is not x:
        z1 = x @ W1
        z3 = torch.sigmoid(z1 + b1)
        kept[:] = x, (z1, z1 + b1, z3, z3 @ W2)
    z1, z2, z3, z4 = kept[1]
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=z4 + b2, l=((y - z4 - b2) ** 2).sum())
