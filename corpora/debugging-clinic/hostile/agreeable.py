# what: numbers that agree with every comparison
# expect: broadcast 0, accumulate 0, double-softmax 0

# %% extra after=setup
class Yes(float):
    def __eq__(self, other):
        return True

    def __le__(self, other):
        return True

    __ge__ = __lt__ = __gt__ = __le__
    __hash__ = float.__hash__

    def __sub__(self, other):
        return Yes(0)

    __rsub__ = __sub__

    def __abs__(self):
        return Yes(0)


# %% broadcast
def cure_broadcast(model, X, y, learning_rate, n_epochs):
    return [Yes(1.0)] * n_epochs


# %% accumulate
def cure_accumulate(model, batches, optimizer, n_epochs):
    return [Yes(1.0)] * (n_epochs * len(batches))


# %% double-softmax
def cure_double_softmax(model, X, y, optimizer, n_epochs):
    return [Yes(1.0)] * n_epochs, X
