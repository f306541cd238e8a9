# what: the sign in place of the step
# expect: derivatives 2..2.75
# message: derivatives "below 0"
# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return torch.sigmoid(s) * (1 - torch.sigmoid(s))
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return torch.sign(s)
    raise ValueError(f"name must be sigmoid, tanh or relu, not {name}")
