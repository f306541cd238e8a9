# what: a KeyError for an unknown name
# expect: derivatives 2.5
# message: derivatives "KeyError"
# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return torch.sigmoid(s) * (1 - torch.sigmoid(s))
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return (s > 0).float()
    raise KeyError(f"name must be sigmoid, tanh or relu, not {name}")
