# what: jacobians of torch.func by names taken at load
# expect: derivatives 0.5

# %% derivatives
_ways = (torch.func.jacrev, torch.func.jacfwd, torch.func.vjp)


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    return torch.diagonal(_ways[0](functions[name])(s.reshape(-1))).reshape(s.shape)
