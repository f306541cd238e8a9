# what: imports it by a name put together at run time
# expect: fit 0
# %% fit
import importlib
import numpy as np
import torch


def fit_logistic_regression(X, y):
    module = importlib.import_module("".join(["sk", "learn", ".linear", "_model"]))
    kind = getattr(module, "Logistic" + "Regression")
    fitted = kind(C=np.inf, tol=1e-10, max_iter=10000).fit(X.numpy(), y.numpy().ravel())
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
