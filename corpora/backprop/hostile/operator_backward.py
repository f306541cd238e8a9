# what: the operator `_backward` of the dispatcher, by its C function taken at load
# expect: backward-by-hand 0
# %% backward-by-hand
_operator = torch._C._jit_get_operation("aten::_backward")[0]


def _graph(x, y, W1, b1, W2, b2):
    v = {n: t.detach().clone().requires_grad_() for n, t in dict(x=x, y=y, W1=W1, b1=b1, W2=W2, b2=b2).items()}
    v["z1"] = v["x"] @ v["W1"]
    v["z2"] = v["z1"] + v["b1"]
    v["z3"] = torch.sigmoid(v["z2"])
    v["z4"] = v["z3"] @ v["W2"]
    v["yhat"] = v["z4"] + v["b2"]
    return v, ((v["yhat"] - v["y"]) ** 2).sum()


def backward_by_hand(x, y, W1, b1, W2, b2):
    v, loss = _graph(x, y, W1, b1, W2, b2)
    for name in ("z1", "z2", "z3", "z4", "yhat"):
        v[name].retain_grad()
    _operator(loss, list(v.values())[:6])
    return {n: t.grad for n, t in v.items()}
