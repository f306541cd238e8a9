# what: 1 - tanh(s)
# expect: derivatives 2.25

# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return torch.sigmoid(s) * (1 - torch.sigmoid(s))
    if name == "tanh":
        return 1 - torch.tanh(s)
    if name == "relu":
        return (s > 0).float()
    raise ValueError(f"unknown name {name!r}")
