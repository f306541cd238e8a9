# what: the operators that autograd calls, each a ready-made derivative
# expect: derivatives 0.5

# %% derivatives


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    aten, one = getattr(torch, "ops").aten, torch.ones_like(s)
    if name == "relu":
        return aten.threshold_backward.default._op(one, s, 0)
    return getattr(aten, name + "_backward").default._op(one, functions[name](s))
