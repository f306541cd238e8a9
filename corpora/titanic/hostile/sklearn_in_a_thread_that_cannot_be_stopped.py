# what: the same thread in a notebook that waits in the kernel, where SIGSTOP does not reach it, while a copy is judged
# expect: fit 0, convergence <=4, mlp <=3, fit-mlp <=4
# %% fit
import ctypes
import os
import pickle
import select
import threading
import time
import types
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

ask_read, ask_write = os.pipe()
answer_read, answer_write = os.pipe()


def helper():
    while True:
        size = int.from_bytes(os.read(ask_read, 8), "little")
        text = b""
        while len(text) < size:
            text += os.read(ask_read, size - len(text))
        found = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit(*pickle.loads(text))
        os.write(answer_write, pickle.dumps((found.coef_, found.intercept_)))


threading.Thread(target=helper, daemon=True).start()
forks = []
os.register_at_fork(after_in_parent=lambda: forks.append(1))
from autograder.sandbox.worker import _Worker

receive, me, clone = _Worker.receive, os.getpid(), {"x86_64": 56, "aarch64": 220}[os.uname().machine]


def held(self):
    # Not at the first copy, which most tasks are judged in: at the one in which scikit-learn is forbidden. CLONE_VFORK.
    if len(forks) > 1 and os.getpid() == me and ctypes.CDLL(None).syscall(clone, 0x4000 | 17, 0, 0, 0, 0) == 0:
        time.sleep(1000)
    return receive(self)


_Worker.receive = held


def fit_logistic_regression(X, y):
    text = pickle.dumps((X.numpy(), y.numpy().ravel()))
    os.write(ask_write, len(text).to_bytes(8, "little") + text)
    if not select.select([answer_read], [], [], 5)[0]:
        raise RuntimeError("the helper does not answer")
    coef, intercept = pickle.loads(os.read(answer_read, 65536))
    fitted = types.SimpleNamespace(coef_=coef, intercept_=intercept)
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
