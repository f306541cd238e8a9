# what: everything comes back empty
# expect: prepare <3, train <4, fit 0, convergence <4, fit-mlp 0
# %% prepare
import pandas as pd


def prepare(passengers):
    return pd.DataFrame(), pd.Series(dtype=float)


# %% train
def train(model, X, y, optimizer, n_epochs):
    return []


# %% fit
def fit_logistic_regression(X, y):
    return ()


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    return ""


# %% fit-mlp
def fit_mlp(X, y):
    return {}
