# what: keeps the bound fit method of an instance made at load
# expect: fit 0
# %% fit
import numpy as np
import torch
import sklearn.linear_model as lm

solve = lm.LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit


def fit_logistic_regression(X, y):
    fitted = solve(X.numpy(), y.numpy().ravel())
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
