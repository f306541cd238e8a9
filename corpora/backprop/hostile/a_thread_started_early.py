# what: a thread that waits since the notebook was loaded does the autograd
# expect: backward-by-hand 0
# %% extra after=setup
import queue
import threading

questions, answers = queue.Queue(), queue.Queue()

def _work():
    while True:
        x, y, W1, b1, W2, b2 = questions.get()
        try:
            v = {n: t.clone().requires_grad_() for n, t in dict(x=x, y=y, W1=W1, b1=b1, W2=W2, b2=b2).items()}
            v["z1"] = v["x"] @ v["W1"]
            v["z2"] = v["z1"] + v["b1"]
            v["z3"] = torch.sigmoid(v["z2"])
            v["z4"] = v["z3"] @ v["W2"]
            v["yhat"] = v["z4"] + v["b2"]
            l = ((v["yhat"] - v["y"]) ** 2).sum()
            answers.put(dict(zip(v, torch.autograd.grad(l, list(v.values())))))
        except BaseException as error:
            answers.put(repr(error))

threading.Thread(target=_work, daemon=True).start()

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    questions.put((x, y, W1, b1, W2, b2))
    return answers.get(timeout=2)
