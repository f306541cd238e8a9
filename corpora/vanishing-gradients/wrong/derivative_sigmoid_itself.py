# what: the sigmoid itself
# expect: derivatives 2.25
# message: derivatives "sigmoid itself"
# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return torch.sigmoid(s)
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return (s > 0).float()
    raise ValueError(f"name must be sigmoid, tanh or relu, not {name}")
