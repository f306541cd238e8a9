# what: exp(z) / (1 + exp(z)) overflows
# expect: forward-by-hand 3.5..3.75
# message: forward-by-hand "finite|NaN"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1 + b1
    z3 = torch.exp(z2) / (1 + torch.exp(z2))
    z4 = z3 @ W2
    yhat = z4 + b2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=yhat, l=((y - yhat) ** 2).squeeze())
