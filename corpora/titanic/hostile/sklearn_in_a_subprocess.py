# what: hands the work to another Python
# expect: fit 0
# %% fit
import json
import subprocess
import sys
import types
import numpy as np
import torch


def fit_logistic_regression(X, y):
    program = "import json,sys,numpy as n;from sklearn.linear_model import LogisticRegression as L;X,y=json.load(sys.stdin);m=L(C=n.inf,tol=1e-10,max_iter=10000).fit(X,y);print(json.dumps([m.coef_.tolist(),m.intercept_.tolist()]))"
    done = subprocess.run([sys.executable, "-c", program], input=json.dumps([X.tolist(), y.ravel().tolist()]), capture_output=True, text=True, timeout=15)
    coef, intercept = json.loads(done.stdout)
    fitted = types.SimpleNamespace(coef_=np.array(coef), intercept_=np.array(intercept))
    model = LogisticRegressionPytorch()
    with torch.no_grad():
        model.linear.weight.copy_(torch.as_tensor(fitted.coef_))
        model.linear.bias.copy_(torch.as_tensor(fitted.intercept_))
    return model
