# what: a child process does the autograd
# expect: backward-by-hand 0
# %% backward-by-hand
import multiprocessing

def _child(pipe, x, y, W1, b1, W2, b2):
    v = {n: t.clone().requires_grad_() for n, t in dict(x=x, y=y, W1=W1, b1=b1, W2=W2, b2=b2).items()}
    v["z1"] = v["x"] @ v["W1"]
    v["z2"] = v["z1"] + v["b1"]
    v["z3"] = torch.sigmoid(v["z2"])
    v["z4"] = v["z3"] @ v["W2"]
    v["yhat"] = v["z4"] + v["b2"]
    l = ((v["yhat"] - v["y"]) ** 2).sum()
    pipe.send({n: t.tolist() for n, t in zip(v, torch.autograd.grad(l, list(v.values())))})

def backward_by_hand(x, y, W1, b1, W2, b2):
    here, there = multiprocessing.get_context("fork").Pipe()
    child = multiprocessing.get_context("fork").Process(target=_child, args=(there, x, y, W1, b1, W2, b2))
    child.start()
    answer = here.recv()
    child.join()
    return {n: torch.tensor(t) for n, t in answer.items()}
