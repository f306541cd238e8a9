# what: whole numbers of four hundred and of a hundred thousand digits
# expect: train <4, convergence <4
# %% train
def train(model, X, y, optimizer, n_epochs):
    return [10**400] * n_epochs


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    return 10**100_000
