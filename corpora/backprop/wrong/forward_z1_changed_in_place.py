# what: z2 is another name of z1, and `z2 += b1` changes both
# expect: forward-by-hand 3.25
# message: forward-by-hand "z1 keeps its own value"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1
    z2 += b1
    z3 = torch.sigmoid(z2)
    z4 = z3 @ W2
    yhat = z4 + b2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=yhat, l=((yhat - y) ** 2).sum())
