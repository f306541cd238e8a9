# what: objects that agree with every comparison
# expect: features 0, online 0..3.5

# %% features
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


def word_features(word):
    return [Yes(0.123), Yes(-7)]


# %% online
def train_online(model, xs, ys, loss_fn, optimizer, n_epochs):
    return [Yes(0.0)] * n_epochs
