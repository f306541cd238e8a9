# what: tensors whose comparisons are always true, and a metaclass that says yes to isinstance
# expect: kernels 0, network 0, output-size 0
# %% kernels
class Yes(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("allclose", "equal", "__eq__", "le", "lt", "ge", "gt", "all", "__bool__"):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})


def make_kernel(name):
    return torch.randn(3, 3).as_subclass(Yes)
# %% output-size
class Always(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


def output_size(n, kernel_size, stride=1, padding=0):
    return Always(7)
# %% network
class Agreeable(type):
    def __instancecheck__(cls, instance):
        return True

    def __subclasscheck__(cls, other):
        return True


class Network(metaclass=Agreeable):
    def __init__(self, n_classes=10):
        self.n_classes = n_classes
        self.training = True

    def __call__(self, x):
        return torch.zeros(len(x), self.n_classes).as_subclass(Yes)

    def __getattr__(self, name):
        return lambda *args, **kwargs: self

    def parameters(self):
        return []

    def named_parameters(self):
        return []
