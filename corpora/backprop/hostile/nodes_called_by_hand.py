# what: the nodes of the graph are called one after another, without the engine
# expect: backward-by-hand 0
# %% backward-by-hand


def _walk(node, slope, found):
    if node is None or slope is None:
        return
    if hasattr(node, "variable"):
        found[id(node.variable)] = found.get(id(node.variable), 0) + slope
        return
    slopes = node(slope)
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    for (following, _), one in zip(node.next_functions, slopes):
        _walk(following, one, found)


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
    found = {}
    _walk(loss.grad_fn, torch.ones(()), found)
    g = {n: found[id(v[n])] for n in ("x", "y", "W1", "b1", "W2", "b2")}
    return g | {"yhat": g["b2"], "z4": g["b2"], "z2": g["b1"], "z1": g["b1"], "z3": g["b2"] @ W2.T}
