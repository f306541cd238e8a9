# what: the value of tanh in the sigmoid's formula
# expect: derivatives 2.25
# message: derivatives "sigmoid's formula"
# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return torch.sigmoid(s) * (1 - torch.sigmoid(s))
    if name == "tanh":
        return torch.tanh(s) * (1 - torch.tanh(s))
    if name == "relu":
        return (s > 0).float()
    raise ValueError(f"name must be sigmoid, tanh or relu, not {name}")
