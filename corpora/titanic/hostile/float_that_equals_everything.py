# what: numbers that say yes to every comparison
# expect: train <4, convergence 0..4
# %% train
class Agreeable(float):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __sub__(self, other):
        return 0.0

    __rsub__ = __add__ = __radd__ = __abs__ = __sub__
    __hash__ = float.__hash__

    def __float__(self):
        return self


def train(model, X, y, optimizer, n_epochs):
    return [Agreeable(0.123) for _ in range(n_epochs)]
