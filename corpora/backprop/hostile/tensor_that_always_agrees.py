# what: a subclass of Tensor whose comparisons say yes, and dictionaries of it
# expect: forward-by-hand 0, backward-by-hand 0..0.5
# %% forward-by-hand
class Yes(torch.Tensor):
    def __eq__(self, other):
        return torch.ones(self.shape, dtype=torch.bool)

    __le__ = __ge__ = __eq__

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return super().__torch_function__(function, types, args, kwargs or {})

def yes(*shape):
    return torch.zeros(shape).as_subclass(Yes)

def forward_by_hand(x, y, W1, b1, W2, b2):
    H = len(b1)
    return dict(z1=yes(H), z2=yes(H), z3=yes(H), z4=yes(1), yhat=yes(1), l=yes())

# %% backward-by-hand
def backward_by_hand(x, y, W1, b1, W2, b2):
    H, D = len(b1), len(x)
    return dict(yhat=yes(1), y=yes(1), b2=yes(1), z4=yes(1), W2=yes(H, 1), z3=yes(H), z2=yes(H), b1=yes(H), z1=yes(H),
                W1=yes(D, H), x=yes(D))
