# what: only the first 50 passengers
# expect: fit-mlp <4
# %% fit-mlp
import numpy as np
import torch
from scipy.optimize import minimize
from scipy.special import expit


def fit_mlp(X, y):
    x, t = X.numpy().astype(float), y.numpy().ravel().astype(float)

    x, t = x[:50], t[:50]

    def objective(theta):
        W1, b1, w2, b2 = theta[:4].reshape(2, 2), theta[4:6], theta[6:8], theta[8]
        h = expit(x @ W1.T + b1)
        z = h @ w2 + b2
        d = (expit(z) - t) / len(t)
        back = np.outer(d, w2) * h * (1 - h)
        gradient = np.concatenate([(back.T @ x).ravel(), back.sum(0), h.T @ d, [d.sum()]])
        return (np.logaddexp(0, z) - t * z).mean(), gradient

    # one unit for children, one for the sexes, and a start by chance
    starts = [[0, -0.5, -3, 0, 5, 1.5, 2, 3, -2], [1, -0.3, -3, -0.1, 3, 4, 2, 3, -2]]
    starts += list(np.random.default_rng(0).normal(size=(1, 9)) * [1, 0.1, 1, 0.1, 1, 1, 1, 1, 1])
    runs = [minimize(objective, start, jac=True, method="BFGS", options={"maxiter": 300}) for start in starts]
    model = TitanicMLP()
    best = min(runs, key=lambda run: run.fun)
    torch.nn.utils.vector_to_parameters(torch.tensor(best.x, dtype=torch.float32), model.parameters())
    return model
