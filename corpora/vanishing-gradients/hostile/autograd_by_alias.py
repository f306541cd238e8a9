# what: torch.autograd.grad under another name, taken at load
# expect: derivatives 0.5

# %% derivatives
from torch.autograd import grad as slope


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    function = functions[name]
    s = s.clone().requires_grad_()
    return slope(function(s).sum(), s)[0]
