# what: lets its errors have any length, and raises one that takes the judge hours to search
# expect: linear-model 0
# %% linear-model
import sys

sys.modules["autograder.sandbox.worker"].MAX_MESSAGE = 10**9


def predict(t_u, w, b):
    raise ValueError("parent directory " * 12000)


def mse(t_p, t_c):
    raise ValueError("parent directory " * 12000)
