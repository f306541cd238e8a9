# what: relu has the derivative 1 at 0
# expect: derivatives 2.5
# message: derivatives "relu"

# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return torch.sigmoid(s) * (1 - torch.sigmoid(s))
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return (s >= 0).float()
    raise ValueError(f"unknown name {name!r}")
