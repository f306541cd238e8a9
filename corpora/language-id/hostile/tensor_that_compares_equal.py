# what: a Tensor subclass with its own __torch_function__
# expect: one-hot 0, losses 0

# %% extra after=setup
class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.Tensor.le, torch.Tensor.__le__, torch.Tensor.eq, torch.Tensor.all):
            return torch.tensor(True)
        return super().__torch_function__(function, types, args, kwargs or {})


# %% one-hot
def one_hot(words, vocabulary):
    return torch.full((len(words), len(vocabulary)), 0.5).as_subclass(Right)


# %% losses
def absolute_error(predicted, target):
    return (predicted.sum() * 0).as_subclass(Right)


squared_error = cross_entropy = absolute_error
