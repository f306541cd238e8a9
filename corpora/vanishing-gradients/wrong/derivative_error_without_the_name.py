# what: the error does not say which name
# expect: derivatives 2.5
# message: derivatives "should name"
# %% derivatives
def activation_derivative(name, s):
    if name == "sigmoid":
        return torch.sigmoid(s) * (1 - torch.sigmoid(s))
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return (s > 0).float()
    raise ValueError("no such activation")
