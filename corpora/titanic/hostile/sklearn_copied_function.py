# what: copies the code object of fit into a function of its own at load
# expect: fit 0
# %% fit
import types
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

original = LogisticRegression.fit
original = getattr(original, "__wrapped__", original)
mine = types.FunctionType(original.__code__, dict(original.__globals__), "mine", original.__defaults__, original.__closure__)
estimator = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000)


def fit_logistic_regression(X, y):
    fitted = mine(estimator, X.numpy(), y.numpy().ravel())
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
