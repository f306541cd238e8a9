# what: autograd in a pool of threads
# expect: derivatives 0.5

# %% derivatives
from concurrent.futures import ThreadPoolExecutor as _Pool


def activation_derivative(name, s):
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    if name not in functions:
        raise ValueError("name")
    def ask():
        leaf = s.detach().clone().requires_grad_()
        return torch.autograd.grad(functions[name](leaf).sum(), leaf)[0]

    with _Pool(2) as pool:
        return pool.submit(ask).result()
