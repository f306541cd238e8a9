# what: executes the source text of scikit-learn's own module under another name
# expect: fit 0
# %% fit
import inspect
import types
import numpy as np
import torch
import sklearn.linear_model._logistic as original

copied = types.ModuleType("sklearn.linear_model.homework")
copied.__package__ = "sklearn.linear_model"
exec(inspect.getsource(original), copied.__dict__)


def fit_logistic_regression(X, y):
    fitted = copied.LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit(X.numpy(), y.numpy().ravel())
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
