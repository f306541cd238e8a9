# what: a graph recorded at load, whose saved values are overwritten through `.data`, and its nodes called
# expect: derivatives 0

# %% derivatives
_kept = {}
for _name in ("sigmoid", "tanh", "relu"):
    for _shape in [(n,) for n in range(1, 60)] + [(n, m) for n in range(1, 9) for m in range(1, 9)]:
        _leaf = torch.zeros(_shape, requires_grad=True)
        _out = getattr(torch, _name)(_leaf)
        _kept[_name, _shape] = (_out, _out.grad_fn)


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    out, node = _kept[name, tuple(s.shape)]
    out.data.copy_(functions[name](s))
    return node(torch.ones_like(s))
