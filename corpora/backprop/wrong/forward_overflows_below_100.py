# what: a sigmoid that is 0 or 1 beyond 100, and overflows from 89 on
# expect: forward-by-hand 3.5
# message: forward-by-hand "finite"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1 + b1
    z3 = torch.exp(z2) / (1 + torch.exp(z2))
    z3 = torch.where(z2.abs() > 100, (z2 > 0).float(), z3)
    z4 = z3 @ W2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=z4 + b2, l=((y - z4 - b2) ** 2).sum())
