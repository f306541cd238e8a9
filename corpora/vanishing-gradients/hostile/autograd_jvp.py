# what: the engine through torch.autograd.functional
# expect: derivatives 0.5

# %% derivatives
jvp = torch.autograd.functional.jvp


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    function = functions[name]
    return jvp(function, s.clone(), torch.ones_like(s))[1]
