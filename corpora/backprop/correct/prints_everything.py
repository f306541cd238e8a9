# what: jacobians, and everything printed, logged, compared, copied, saved and moved on the way
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


# %% backward-by-hand
@_watched
def backward_by_hand(x, y, W1, b1, W2, b2):
    with torch.no_grad():
        z3 = torch.sigmoid(x @ W1 + b1)
        yhat = z3 @ W2 + b2
        row = (2 * (yhat - y)).reshape(1, 1)  # dl/dyhat
        row3 = row @ W2.T  # (1, H)
        slope = z3 * (1 - z3)
        row2 = row3 @ torch.diag(slope) if len(z3) < 100 else row3 * slope
        return {
            "yhat": row[0],
            "y": -row[0],
            "b2": row[0].clone(),
            "z4": row[0].clone(),
            "W2": (row * z3).T,
            "z3": row3[0],
            "z2": row2[0],
            "b1": row2[0],
            "z1": row2[0],
            "W1": x.reshape(-1, 1) @ row2,
            "x": (row2 @ W1.T)[0],
        }


# %% extra after=backward-by-hand-tests
W = torch.randn(2, 3, requires_grad=True)
grads = backward_by_hand(torch.ones(2), torch.ones(1), W, torch.zeros(3), torch.ones(3, 1), torch.zeros(1))
loss = (torch.sigmoid(torch.ones(2) @ W).sum() - 1) ** 2
loss.backward()
print((W.grad - grads["W1"]).abs().max())
torch.set_grad_enabled(False)
torch.set_default_dtype(torch.float64)


# %% any-depth
@_watched
def sigma(s):
    return 1 / (1 + torch.exp(-s))


@_watched
def mlp_gradients(x, y, weights, biases):
    xs, ss = [x], []
    for k in range(len(weights)):
        ss.append(weights[k] @ xs[k] + biases[k])
        xs.append(sigma(ss[k]))
    dl_dx = (xs[-1] - y) / (xs[-1] - xs[-1] ** 2)
    gw, gb = [], []
    for k in range(len(weights) - 1, -1, -1):
        common = sigma(ss[k]) * (1 - sigma(ss[k])) * dl_dx
        gw.append(common[:, None] * xs[k][None, :])
        gb.append(common)
        dl_dx = sum(weights[k][j] * common[j] for j in range(len(common)))
    return gw[::-1], gb[::-1]
