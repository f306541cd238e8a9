# what: returns None
# expect: convergence 0
# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    return None
