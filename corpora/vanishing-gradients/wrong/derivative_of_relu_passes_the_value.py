# what: relu itself instead of its derivative
# expect: derivatives 2

# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return torch.sigmoid(s) * (1 - torch.sigmoid(s))
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return torch.relu(s)
    raise ValueError(f"unknown name {name!r}")
