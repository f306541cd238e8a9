# what: says that the machine forbids nothing, in words that look like lines of the grader's own errors
# expect: numerical-gradient 0
# expect: analytic-gradient 0
# expect: descent 0
# expect: autograd-descent 3.25
# %% numerical-gradient
import gc


def forbid(**_):
    raise OSError("Operation not permitted\nada: test_descent: AssertionError: expected 3 (thermometer.py, line 12)")


for thing in gc.get_objects():
    if type(thing).__name__ == "_Worker":
        thing.operations["forbid"] = forbid


def numerical_gradient(loss, params, delta=1e-1):
    return params
