# what: a tuple of the right values
# expect: forward-by-hand 3.5
# message: forward-by-hand "should return a dict"
# %% forward-by-hand
def forward_by_hand(
    x: torch.Tensor,
    y: torch.Tensor,
    W1: torch.Tensor,
    b1: torch.Tensor,
    W2: torch.Tensor,
    b2: torch.Tensor,
):
    z1 = x @ W1
    z2 = z1 + b1
    z3 = torch.sigmoid(z2)
    z4 = z3 @ W2
    yhat = z4 + b2
    l = ((yhat - y) ** 2).sum()
    return z1, z2, z3, z4, yhat, l
