# what: dual numbers
# expect: derivatives 0.5

# %% derivatives
import torch.autograd.forward_ad as fwAD


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    function = functions[name]
    with fwAD.dual_level():
        return fwAD.unpack_dual(function(fwAD.make_dual(s.clone(), torch.ones_like(s)))).tangent
