# what: calls scikit-learn's private path function, taken at load
# expect: fit 0
# %% fit
import types
import numpy as np
import torch
import sklearn.linear_model._logistic as inner

path = inner._logistic_regression_path


def fit_logistic_regression(X, y):
    found = path(X.numpy().astype(float), y.numpy().ravel(), classes=np.array([0, 1]), Cs=[np.inf], max_iter=10000, tol=1e-10)[0][0]
    fitted = types.SimpleNamespace(coef_=found[None, :3], intercept_=found[3:])
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
