# what: beginner, and everything printed, logged, compared, copied, saved and moved on the way
# %% extra after=setup
import functools as _functools, copy as _copy, io as _io, logging as _logging, pickle as _pickle, warnings as _warnings


def _watched(function):
    """What students do to see inside a function: print, log, warn, compare, copy, save, move, plot."""

    @_functools.wraps(function)
    def inner(*args, **kwargs):
        torch.set_printoptions(precision=5, sci_mode=False)
        result = function(*args, **kwargs)
        for x in (*args, *kwargs.values(), result):
            print(function.__name__, x, f"{x}", repr(x))
            display(x)
            _logging.getLogger("course").warning("x = %s", x)
            _warnings.warn(str(x))
            if isinstance(x, torch.Tensor):
                with torch.no_grad():
                    y = x.clone().double().cpu().to(torch.float64).detach()
                    assert torch.equal(y, _copy.deepcopy(y)), y
                    assert torch.allclose(y, y, equal_nan=True) and (y == y).shape == x.shape
                    torch.testing.assert_close(y, _pickle.loads(_pickle.dumps(y)), equal_nan=True)
                    buffer = _io.BytesIO()
                    torch.save({"y": y}, buffer)
                    print(y.numpy(), y.tolist(), y.requires_grad, y.grad, y.grad_fn, y.is_leaf)
                    leaf = y.clone().requires_grad_()
                    print(leaf, leaf * 2, torch.nn.Parameter(y), leaf.detach().numpy().shape)
        layer = torch.nn.Linear(2, 1)
        layer.register_forward_hook(lambda module, inputs, output: print(module, inputs, output))
        layer.load_state_dict(layer.state_dict())
        print(layer(torch.ones(2)), layer.state_dict())
        with torch.inference_mode():
            print(layer(torch.ones(2)))
        return result

    return inner


# %% derivatives
@_watched
def activation_derivative(name, s):
    if name == "sigmoid":
        sig = torch.sigmoid(s)
        out = sig * (1 - sig)
    elif name == "tanh":
        out = 1 - torch.pow(torch.tanh(s), 2)
    elif name == "relu":
        out = torch.zeros(s.shape)
        out[s > 0] = 1.0
    else:
        raise ValueError("wrong name")
    print(name, out.shape)
    return out


# %% extra after=derivatives
s = torch.randn(4, requires_grad=True)
torch.sigmoid(s).sum().backward()
print(s.grad - activation_derivative("sigmoid", s.detach()))
%matplotlib inline


# %% probe
def gradient_profile(model, X, y):
    model.eval()
    p = torch.sigmoid(model(X))
    y = y.reshape(p.shape)
    loss = nn.BCELoss()(p, y)
    profile = []
    for layer in model.layers:
        g = torch.autograd.grad(loss, layer.weight, retain_graph=True)[0]
        profile.append((g.abs().sum() / g.numel()).item())
    return profile


# %% decay
def decay_per_layer(profile):
    product = 1.0
    for k in range(len(profile) - 1):
        product = product * (profile[k] / profile[k + 1])
    return product ** (1.0 / (len(profile) - 1))


# %% steady
def steady_std(activation, width, seed):
    if activation == torch.tanh:
        return 1.1 / width**0.5
    return torch.tensor(2.0 / width).sqrt()
