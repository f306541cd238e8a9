# what: the forward pass forgets b1 and the backward pass uses it: only the forward pass loses points
# expect: forward-by-hand 3.25
# message: backward-by-hand "a correct `forward-by-hand`"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1
    z3 = torch.sigmoid(z2)
    z4 = z3 @ W2
    yhat = z4 + b2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=yhat, l=((y - yhat) ** 2).sum())
