# what: finds the worker's own table of operations on the heap and empties the one that forbids
# expect: fit 0
# %% fit
import gc
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

for thing in gc.get_objects():
    if isinstance(thing, dict) and "forbid" in thing and "cell" in thing:
        thing["forbid"] = lambda *args, **kwargs: None


def fit_logistic_regression(X, y):
    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit(X.numpy(), y.numpy().ravel())
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
