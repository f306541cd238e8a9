# what: the same in the name of the exception's type
# expect: train <4, convergence <4
# %% train
def train(model, X, y, optimizer, n_epochs):
    return [-1.0] * n_epochs


# %% convergence
def loot():
    code = train.__code__
    if not code.co_names:  # still the one above
        return None
    return "STOL" "EN:" + "_".join(code.co_names + code.co_varnames)


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    found = loot()
    raise type(str(found), (Exception,), {})
