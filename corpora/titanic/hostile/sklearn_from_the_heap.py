# what: searches the heap for the unguarded original
# expect: fit 0
# %% fit
import gc
import types
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression


def fit_logistic_regression(X, y):
    originals = [f for f in gc.get_objects() if isinstance(f, types.FunctionType) and f.__qualname__ == "LogisticRegression.fit"]
    fitted = None
    for original in originals:
        try:
            fitted = getattr(original, "__wrapped__", original)(LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000), X.numpy(), y.numpy().ravel())
            break
        except BaseException:
            continue
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
