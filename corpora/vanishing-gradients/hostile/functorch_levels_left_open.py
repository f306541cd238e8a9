# what: a level of torch.func opened at load and left open, in which tensors made later have no memory to read
# expect: derivatives 0..0.5, initialize 0..4, deep-mlp 0..4, probe 5..6

# %% derivatives
_level = torch._C._functorch._grad_increment_nesting()


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    leaf = torch._C._functorch._wrap_for_grad(s.clone(), _level)
    leaf.requires_grad_()
    return torch._C._functorch._unwrap_for_grad(torch.autograd.grad(functions[name](leaf).sum(), leaf)[0], _level)
