# what: a comparison instead of numbers
# expect: derivatives 2.5
# message: derivatives "floats"

# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return torch.sigmoid(s) * (1 - torch.sigmoid(s))
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return s > 0
    raise ValueError(f"unknown name {name!r}")
