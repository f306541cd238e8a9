# what: lets autograd differentiate
# expect: derivatives 0.5
# message: derivatives "autograd"

# %% derivatives
def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    s = s.clone().requires_grad_()
    return torch.autograd.grad(functions[name](s).sum(), s)[0]
