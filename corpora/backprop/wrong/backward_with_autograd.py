# what: an honest autograd solution, which is not by hand
# expect: backward-by-hand 0
# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    v = {n: t.clone().requires_grad_() for n, t in dict(x=x, y=y, W1=W1, b1=b1, W2=W2, b2=b2).items()}
    v["z1"] = v["x"] @ v["W1"]
    v["z2"] = v["z1"] + v["b1"]
    v["z3"] = torch.sigmoid(v["z2"])
    v["z4"] = v["z3"] @ v["W2"]
    v["yhat"] = v["z4"] + v["b2"]
    for t in v.values():
        t.retain_grad()
    ((v["yhat"] - v["y"]) ** 2).sum().backward()
    return {n: t.grad for n, t in v.items()}
