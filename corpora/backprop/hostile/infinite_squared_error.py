# what: yhat so large that its squared error is infinite, and infinity tolerates any l
# expect: forward-by-hand 0..1
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    H = len(b1)
    one = torch.ones(H, dtype=torch.float64)
    return dict(z1=1e30 * one, z2=1e30 * one, z3=one.clone(), z4=torch.ones(1), yhat=torch.full((1,), 1e200, dtype=torch.float64), l=torch.ones(1))
