# what: the method Tensor.backward, taken at load
# expect: derivatives 0.5

# %% derivatives
push = torch.Tensor.backward


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    function = functions[name]
    s = s.clone().requires_grad_()
    push(function(s).sum())
    return s.grad
