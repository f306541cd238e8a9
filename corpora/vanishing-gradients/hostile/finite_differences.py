# what: a difference in float32 instead of a formula
# expect: derivatives 0.5

# %% derivatives
def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    function = functions[name]
    return (function(s + 1e-3) - function(s - 1e-3)) / 2e-3
