# what: vmap and grad of torch.func
# expect: derivatives 0.5

# %% derivatives
from torch import func


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    function = functions[name]
    return func.vmap(func.grad(function))(s.reshape(-1)).reshape(s.shape)
