# what: forks a helper while the notebook is loaded and asks it later through a pipe
# expect: fit 0
# %% fit
import os
import pickle
import select
import signal
import types
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

ask_read, ask_write = os.pipe()
answer_read, answer_write = os.pipe()
if os.fork() == 0:
    signal.alarm(20)
    while True:
        size = int.from_bytes(os.read(ask_read, 8), "little")
        text = b""
        while len(text) < size:
            text += os.read(ask_read, size - len(text))
        found = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit(*pickle.loads(text))
        os.write(answer_write, pickle.dumps((found.coef_, found.intercept_)))


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
