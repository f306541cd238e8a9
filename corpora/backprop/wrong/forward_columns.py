# what: columns (H, 1) in the place of vectors, as in the seed: right values, wrong shapes
# expect: forward-by-hand 3.5..3.75
# message: forward-by-hand "shape"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = W1.t() @ x.unsqueeze(1)
    z2 = z1 + b1.unsqueeze(1)
    z3 = torch.sigmoid(z2)
    z4 = W2.t() @ z3
    yhat = z4 + b2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=yhat, l=(y - yhat) ** 2)
