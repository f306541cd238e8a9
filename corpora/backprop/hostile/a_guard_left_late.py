# what: a context entered when the notebook is loaded is left at the call, then the operator `_backward`
# expect: backward-by-hand 0
# %% backward-by-hand
_mode = torch.inference_mode(False)
_mode.__enter__()


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
    _mode._inference_mode_context.__exit__(None, None, None)
    for name in ("z1", "z2", "z3", "z4", "yhat"):
        v[name].retain_grad()
    getattr(torch, "ops").aten._backward.default._op(loss, list(v.values())[:6])
    return {n: t.grad for n, t in v.items()}
