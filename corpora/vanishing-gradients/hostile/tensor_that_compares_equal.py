# what: a Tensor subclass with its own __torch_function__
# expect: derivatives 0.5, probe 0

# %% extra after=setup
class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.Tensor.__le__, torch.Tensor.le, torch.Tensor.all, torch.Tensor.eq):
            return torch.tensor(True)
        return super().__torch_function__(function, types, args, kwargs or {})


# %% derivatives
def activation_derivative(name, s):
    if name not in ("sigmoid", "tanh", "relu"):
        raise ValueError("name")
    return torch.full_like(s, 7.0).as_subclass(Right)


# %% probe
def gradient_profile(model, X, y):
    return torch.zeros(len(model.layers)).as_subclass(Right)
