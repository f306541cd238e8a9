# what: l of shape (1,), as all students of the seed's course return it
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = torch.matmul(x, W1)
    z2 = z1 + b1
    z3 = 1 / (1 + torch.exp(-z2))
    z4 = torch.matmul(z3, W2)
    yhat = z4 + b2
    l = (yhat - y) ** 2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=yhat, l=l)
