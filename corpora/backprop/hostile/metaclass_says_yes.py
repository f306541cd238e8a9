# what: models of a class that claims to be a Module, and an object whose attributes all exist
# expect: registered 0, mlp 0
# %% registered
class Agreeable(type):
    def __instancecheck__(cls, instance):
        return True

    def __subclasscheck__(cls, other):
        return True

class Anything:
    def __getattr__(self, name):
        return lambda *args, **kwargs: self

    def __call__(self, *args, **kwargs):
        return torch.zeros(2)

class LogisticRegression(metaclass=Agreeable):
    def __new__(cls, D, C):
        return Anything()

# %% mlp
class MLP(metaclass=Agreeable):
    def __new__(cls, sizes, phi=None):
        return Anything()
