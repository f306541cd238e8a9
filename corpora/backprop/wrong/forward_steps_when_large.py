# what: replaces the sigmoid of all units by a step where one of them is far from 0
# expect: forward-by-hand 3.25
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1 + b1
    if (z2.abs() > 80).any():
        z3 = z2.sign().add(1) / 2
    else:
        z3 = 1 / (1 + (-z2).exp())
    z4 = z3 @ W2
    yhat = z4 + b2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=yhat, l=((y - yhat) ** 2).squeeze())
