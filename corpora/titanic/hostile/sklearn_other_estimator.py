# what: an estimator from another corner: one that chooses its own penalty
# expect: fit 0
# %% fit
import types
import numpy as np
import torch
from sklearn.linear_model import LogisticRegressionCV, SGDClassifier


def fit_logistic_regression(X, y):
    fitted = LogisticRegressionCV(Cs=[1e9], cv=2, tol=1e-10, max_iter=10000).fit(X.numpy(), y.numpy().ravel())
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
