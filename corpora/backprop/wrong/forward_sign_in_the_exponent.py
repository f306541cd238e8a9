# what: 1 / (1 + exp(z)) for the sigmoid
# expect: forward-by-hand 3.25
# message: forward-by-hand "sigmoid of -z2"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = z1 + b1
    z3 = 1 / (1 + torch.exp(z2))
    z4 = z3 @ W2
    yhat = z4 + b2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=yhat, l=((yhat - y) ** 2).sum())
