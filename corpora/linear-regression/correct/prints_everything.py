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


# %% manual
class LinearRegressionManual:
    def __init__(self, n_features):
        pass
        self.weights = torch.rand(n_features, 1)
        self.bias = torch.rand(1)

    @_watched
    def forward(self, X):
        return torch.relu(X @ self.weights + self.bias).view(-1)

    @_watched
    def backward(self, X, yhat, y):
        z = torch.mm(X, self.weights) + self.bias
        derivative = torch.zeros(z.shape)
        derivative[z > 0] = 1
        grad_yhat = 2 * (yhat - y).view(-1, 1) / y.size(0)
        grad_z = grad_yhat * derivative
        print(grad_z.shape)
        return torch.mm(X.t(), grad_z), torch.sum(grad_z).view(1)


# %% extra after=manual
w = torch.rand(2, 1, requires_grad=True)
F.mse_loss(torch.relu(torch.ones(3, 2) @ w).view(-1), torch.ones(3)).backward()
print(w.grad)


# %% train
def train(model, X, y, n_epochs, learning_rate):
    losses = []
    by_hand = hasattr(model, "weights")
    if not by_hand:
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for _ in range(n_epochs):
        yhat = model.forward(X)
        print("epoch")
        if by_hand:
            grad_w, grad_b = model.backward(X, yhat, y)
            with torch.no_grad():
                model.weights -= learning_rate * grad_w
                model.bias -= learning_rate * grad_b
        else:
            optimizer.zero_grad()
            loss = F.mse_loss(model.forward(X), y)
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            losses.append(torch.mean((model.forward(X) - y) ** 2).item())
    return losses


# %% closed-form
def least_squares(X, y):
    A = torch.cat((X, torch.ones(X.size(0), 1)), 1)
    w = torch.linalg.solve(A.t() @ A, A.t() @ y)
    return w[:-1], w[-1:]
