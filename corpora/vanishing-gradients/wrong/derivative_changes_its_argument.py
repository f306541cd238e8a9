# what: sigmoid_ in place
# expect: derivatives <=2.25

# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return s.sigmoid_() * (1 - s)
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return (s > 0).float()
    raise ValueError(f"unknown name {name!r}")
