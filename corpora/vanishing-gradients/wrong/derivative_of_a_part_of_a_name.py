# what: takes a part of a name for the name
# expect: derivatives 2.5
# %% derivatives
def activation_derivative(name, s):
    if name in "sigmoid":
        return torch.sigmoid(s) * (1 - torch.sigmoid(s))
    if name in "tanh":
        return 1 - torch.tanh(s) ** 2
    if name in "relu":
        return (s > 0).float()
    raise ValueError(f"name is {name!r}")
