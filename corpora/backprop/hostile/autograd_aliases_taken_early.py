# what: torch.autograd.grad and Tensor.backward under other names, taken at the top of the notebook
# expect: backward-by-hand 0, any-depth 0
# %% extra after=setup
from torch.autograd import grad as slope_of
pull = torch.Tensor.backward

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    v = {n: t.clone().requires_grad_() for n, t in dict(x=x, y=y, W1=W1, b1=b1, W2=W2, b2=b2).items()}
    v["z1"] = v["x"] @ v["W1"]
    v["z2"] = v["z1"] + v["b1"]
    v["z3"] = torch.sigmoid(v["z2"])
    v["z4"] = v["z3"] @ v["W2"]
    v["yhat"] = v["z4"] + v["b2"]
    l = ((v["yhat"] - v["y"]) ** 2).sum()
    return dict(zip(v, slope_of(l, list(v.values()))))

# %% any-depth
def mlp_gradients(x, y, weights, biases):
    ps = [t.clone().requires_grad_() for t in (*weights, *biases)]
    n = len(weights)
    h = x
    for k in range(n):
        h = torch.sigmoid(ps[k] @ h + ps[n + k])
    l = F.binary_cross_entropy(h, torch.tensor([float(y)]))
    pull(l)
    return [p.grad for p in ps[:n]], [p.grad for p in ps[n:]]
