# what: trains nothing: None or 0 by the tolerance alone
# expect: convergence 0
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    return 0 if tolerance > 1e-12 else None
