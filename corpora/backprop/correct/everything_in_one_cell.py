# what: the whole pass forward and backward in one helper that both functions use, defined in the first cell
# %% registered
def _affine(x, W, b):
    return (x.unsqueeze(-1) * W).sum(dim=-2) + b

def _passes(x, y, W1, b1, W2, b2):
    f = {"z1": _affine(x, W1, 0 * b1)}
    f["z2"] = f["z1"] + b1
    f["z3"] = (1 + torch.tanh(f["z2"] / 2)) / 2
    f["z4"] = _affine(f["z3"], W2, 0 * b2)
    f["yhat"] = f["z4"] + b2
    f["l"] = float((f["yhat"] - y) ** 2)
    g = {"yhat": 2 * f["yhat"] - 2 * y}
    g["y"] = g["yhat"].neg()
    g["b2"], g["z4"] = g["yhat"], g["yhat"]
    g["W2"] = f["z3"].reshape(-1, 1) * g["z4"]
    g["z3"] = W2.reshape(-1) * g["z4"]
    g["z2"] = torch.cosh(f["z2"].clamp(-40, 40) / 2) ** -2 / 4 * g["z3"]
    g["b1"], g["z1"] = g["z2"], g["z2"]
    g["W1"] = torch.einsum("i,j->ij", x, g["z1"])
    g["x"] = torch.einsum("ij,j->i", W1, g["z1"])
    return f, g

class LogisticRegression(nn.Module):
    def __init__(self, D, C):
        super().__init__()
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C)))
        self.register_parameter("0_bias", nn.Parameter(torch.randn(C)))

    def forward(self, x):
        return _affine(x, *self.parameters()).log_softmax(-1)

# %% forward-by-hand
def forward_by_hand(x, y, W1, b1, W2, b2):
    return _passes(x, y, W1, b1, W2, b2)[0]

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    return _passes(x, y, W1, b1, W2, b2)[1]
