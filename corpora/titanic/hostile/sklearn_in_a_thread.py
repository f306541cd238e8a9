# what: a thread started at load waits for the data
# expect: fit 0
# %% fit
import queue
import threading
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

asked, answered = queue.Queue(), queue.Queue()


def helper():
    while True:
        answered.put(LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit(*asked.get()))


threading.Thread(target=helper, daemon=True).start()


def fit_logistic_regression(X, y):
    asked.put((X.numpy(), y.numpy().ravel()))
    fitted = answered.get(timeout=3)
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
