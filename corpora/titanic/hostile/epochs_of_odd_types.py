# what: True, an infinite float and an endless object for an epoch
# expect: convergence <4
# %% convergence
import itertools

answers = itertools.cycle([True, float("inf"), object(), float("nan"), -1, "3"])


def epochs_to_converge(make_optimizer, X, y, tolerance, max_epochs):
    return next(answers)
