# what: the C engine of autograd, called without its Python doors
# expect: backward-by-hand 0
# %% extra after=setup
from torch.autograd import Variable
engine = Variable._execution_engine

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    v = {n: t.clone().requires_grad_() for n, t in dict(x=x, y=y, W1=W1, b1=b1, W2=W2, b2=b2).items()}
    v["z1"] = v["x"] @ v["W1"]
    v["z2"] = v["z1"] + v["b1"]
    v["z3"] = torch.sigmoid(v["z2"])
    v["z4"] = v["z3"] @ v["W2"]
    v["yhat"] = v["z4"] + v["b2"]
    l = ((v["yhat"] - v["y"]) ** 2).sum()
    g = engine.run_backward((l,), (torch.tensor(1.0),), False, False, tuple(v.values()), allow_unreachable=True, accumulate_grad=False)
    return dict(zip(v, g))
