# what: beginner loops, and everything printed, logged, compared, copied, saved and moved on the way
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
                    assert torch.equal(y.nan_to_num(), _copy.deepcopy(y).nan_to_num()), y
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


# %% linear-model
@_watched
def predict(t_u, w, b):
    result = torch.zeros_like(t_u)
    result = result + w * t_u
    result = result + b
    return result


@_watched
def mse(t_p, t_c):
    total = 0
    for p, c in zip(t_p.flatten(), t_c.flatten()):
        total = total + (p - c) * (p - c)
    return total / t_p.numel()


# %% numerical-gradient
@_watched
def numerical_gradient(loss, params, delta=1e-1):
    grads = []
    for j in range(params.numel()):
        up = params.clone()
        down = params.clone()
        up.view(-1)[j] = up.view(-1)[j] + delta
        down.view(-1)[j] = down.view(-1)[j] - delta
        grads.append(float(loss(up) - loss(down)) / (2 * delta))
    return torch.tensor(grads).reshape(params.shape)


# %% analytic-gradient
@_watched
def gradient(t_u, t_c, w, b):
    dw = 0.0
    db = 0.0
    for u, c in zip(t_u, t_c):
        error = (w * u + b - c).item()
        dw += 2 * error * u.item()
        db += 2 * error
    return torch.tensor([dw / len(t_u), db / len(t_u)])


# %% descent
@_watched
def descend(t_u, t_c, params, learning_rate, n_epochs):
    w = params[0].clone()
    b = params[1].clone()
    losses = []
    epoch = 0
    while epoch < n_epochs:
        loss = float(mse(w * t_u + b, t_c))
        losses.append(loss)
        if loss != loss or loss == float("inf"):
            return torch.tensor([float(w), float(b)]), losses
        g = gradient(t_u, t_c, w, b)
        w = w - learning_rate * g[0]
        b = b - learning_rate * g[1]
        epoch = epoch + 1
    return torch.tensor([float(w), float(b)]), losses


# %% autograd-descent
@_watched
def descend_autograd(t_u, t_c, params, learning_rate, n_epochs):
    w = torch.tensor(params[0].item(), requires_grad=True)
    b = torch.tensor(params[1].item(), requires_grad=True)
    losses = []
    for epoch in range(n_epochs):
        loss = ((w * t_u + b - t_c) ** 2).mean()
        losses.append(loss.item())
        if not np.isfinite(losses[-1]):
            break
        loss.backward()
        w.data = w.data - learning_rate * w.grad
        b.data = b.data - learning_rate * b.grad
        w.grad.zero_()
        b.grad.zero_()
    return torch.stack([w, b]), losses


# %% extra after=setup
import numpy as np


# %% optimizer
def train(model, optimizer, loss_fn, train_set, val_set, n_epochs):
    result = {}
    result["train"] = []
    result["val"] = []
    x_train, y_train = train_set
    x_val, y_val = val_set
    for epoch in range(n_epochs):
        out = model(x_train)
        loss = loss_fn(out, y_train)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        result["train"].append(loss.item())
        with torch.no_grad():
            result["val"].append(loss_fn(model(x_val), y_val).item())
    return result


# %% network
def make_network(n_hidden):
    net = nn.Sequential()
    net.add_module("hidden_linear", nn.Linear(1, n_hidden))
    net.add_module("hidden_activation", nn.Tanh())
    net.add_module("output_linear", nn.Linear(n_hidden, 1))
    return net


# %% dataset
class Readings(Dataset):
    def __init__(self, inputs, targets):
        self.items = []
        for x, y in zip(inputs.flatten().tolist(), targets.flatten().tolist()):
            self.items.append((torch.tensor([x]), torch.tensor([y])))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]
