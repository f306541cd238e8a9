# what: a subclass made at load, with a fit of its own that calls the parent's
# expect: fit 0
# %% fit
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression


class Mine(LogisticRegression):
    def fit(self, X, y):
        return super().fit(X, y)


def fit_logistic_regression(X, y):
    fitted = Mine(C=np.inf, tol=1e-10, max_iter=10000).fit(X.numpy(), y.numpy().ravel())
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
