# what: objects whose class agrees with every isinstance and every comparison
# expect: probe 0, decay 0, steady 0

# %% extra after=setup
class Agreeable(type):
    def __instancecheck__(cls, instance):
        return True

    def __subclasscheck__(cls, subclass):
        return True


class Yes(float, metaclass=Agreeable):
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


# %% probe
def gradient_profile(model, X, y):
    return [Yes(1.0) for _ in model.layers]


# %% decay
def decay_per_layer(profile):
    return Yes(0.0)


# %% steady
def steady_std(activation, width, seed):
    return Yes(-1.0)
