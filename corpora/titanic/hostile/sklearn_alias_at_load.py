# what: takes the class under another name while the notebook is loaded
# expect: fit 0
# %% fit
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression as Torchlike


def fit_logistic_regression(X, y):
    fitted = Torchlike(C=np.inf, tol=1e-10, max_iter=10000).fit(X.numpy(), y.numpy().ravel())
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
