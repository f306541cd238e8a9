# what: imports scikit-learn inside fit
# expect: fit 0
# %% fit
import numpy as np
import torch


def fit_logistic_regression(X, y):
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit(X.numpy(), y.numpy().ravel())
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
