# what: z2 itself is clamped against overflow
# expect: forward-by-hand 3.25
# message: forward-by-hand "entries of `z2`"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    z1 = x @ W1
    z2 = (z1 + b1).clamp(-20, 20)
    z3 = 1 / (1 + torch.exp(-z2))
    z4 = z3 @ W2
    return dict(z1=z1, z2=z2, z3=z3, z4=z4, yhat=z4 + b2, l=((y - z4 - b2) ** 2).sum())
