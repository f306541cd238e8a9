# what: an answer that just fits into a frame, of small numbers that a judge would turn into large ones
# expect: forward-by-hand 0, backward-by-hand 0
# message: forward-by-hand "shape|too large|too much"
# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    return dict.fromkeys(("z1", "z2", "z3", "z4", "yhat", "l"), torch.zeros((64 << 20) - 64, dtype=torch.uint8))

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    big = torch.zeros(10 << 20, dtype=torch.uint8)
    return {n: big for n in ("x", "y", "W1", "b1", "W2", "b2")}
