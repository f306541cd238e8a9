# what: torch.autograd.gradcheck: its analytical Jacobian
# expect: derivatives 0.5

# %% derivatives
from torch.autograd.functional import jacobian as _jacobian


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    return torch.diagonal(_jacobian(functions[name], s.reshape(-1))).reshape(s.shape)
