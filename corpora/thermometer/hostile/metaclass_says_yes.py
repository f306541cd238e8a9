# what: classes that claim to be a Sequential and a Dataset, and objects that have every attribute
# expect: network 0, dataset 0..1.25
# %% network
class Agreeable(type):
    def __instancecheck__(cls, instance):
        return True

    def __subclasscheck__(cls, other):
        return True

class Anything(metaclass=Agreeable):
    @property
    def __class__(self):
        return nn.Sequential

    def __getattr__(self, name):
        return lambda *args, **kwargs: self

    def __call__(self, *args, **kwargs):
        return torch.zeros(9, 1)

def make_network(n_hidden):
    return Anything()

# %% dataset
class Readings:
    def __init__(self, inputs, targets):
        self.n = len(inputs)

    @property
    def __class__(self):
        return Dataset

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        return torch.zeros(1), torch.zeros(1)
