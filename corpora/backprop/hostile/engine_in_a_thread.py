# what: the engine is asked by another thread
# expect: backward-by-hand 0
# %% backward-by-hand
from concurrent.futures import ThreadPoolExecutor as _Pool
_engine = torch.autograd.Variable._execution_engine


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
    def ask():
        return _engine.run_backward((loss,), (torch.tensor(1.0),), False, False, tuple(v.values()), allow_unreachable=True, accumulate_grad=False)

    with _Pool(1) as pool:
        return dict(zip(v, pool.submit(ask).result()))
