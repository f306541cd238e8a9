# what: takes s for a(s)
# expect: derivatives 1.5

# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return s * (1 - s)
    if name == "tanh":
        return 1 - s ** 2
    if name == "relu":
        return (s > 0).float()
    raise ValueError(f"unknown name {name!r}")
