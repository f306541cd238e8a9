# what: an honest-looking callback: scikit-learn run from numpy's vectorize
# expect: fit 0
# %% fit
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression


def fit_logistic_regression(X, y):
    kept = []
    np.vectorize(lambda _: kept.append(LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit(X.numpy(), y.numpy().ravel())) or 0.0)([0.0])
    fitted = kept[-1]
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
