# what: the sigmoid's value in the formula of tanh
# expect: derivatives 2.25
# message: derivatives "tanh's formula"
# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return 1 - torch.sigmoid(s) ** 2
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return (s > 0).float()
    raise ValueError(f"name must be sigmoid, tanh or relu, not {name}")
