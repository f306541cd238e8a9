# what: a list a hundred thousand lists deep, and one that holds itself
# expect: train <4, convergence <4
# %% train
def train(model, X, y, optimizer, n_epochs):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep


# %% convergence
def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    ring = []
    ring.append(ring)
    return ring
