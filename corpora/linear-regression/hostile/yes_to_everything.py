# what: objects whose class agrees with every isinstance and every comparison
# expect: neuron 0, loss-surface 0, closed-form 0

# %% extra after=setup
class Agreeable(type):
    def __instancecheck__(cls, instance):
        return True


class Yes(float, metaclass=Agreeable):
    def __eq__(self, other):
        return True

    __le__ = __ge__ = __lt__ = __gt__ = __eq__
    __hash__ = float.__hash__

    def __sub__(self, other):
        return Yes(0)

    __rsub__ = __sub__


class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.tensor(True)


# %% neuron
def neuron_gradients(x1, x2, w1, w2, b):
    return dict.fromkeys(("o", "x1", "x2", "w1", "w2", "b"), Yes(7.0))


# %% loss-surface
def loss_surface(weights, biases, x, y):
    return torch.zeros(len(biases), len(weights)).as_subclass(Right)


# %% closed-form
def least_squares(X, y):
    return Yes(1.0), Yes(2.0)
