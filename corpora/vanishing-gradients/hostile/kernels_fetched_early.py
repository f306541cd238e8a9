# what: the kernels of the ready-made derivatives, fetched from the dispatcher at load
# expect: derivatives 0.5

# %% derivatives
_cpu = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)
_kernels = {n: torch.library.get_kernel(f"aten::{n}_backward", "CPU") for n in ("sigmoid", "tanh", "threshold")}


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    one = torch.ones_like(s)
    if name == "relu":
        return _kernels["threshold"].call_boxed(_cpu, one, s, 0)
    return _kernels[name].call_boxed(_cpu, one, functions[name](s))
