# what: torch.func.grad, traced by make_fx into a plain function when the notebook is loaded
# expect: any-depth 0..0.5
# %% any-depth
from torch.fx.experimental.proxy_tensor import make_fx as _make

_known = {}


def _loss(h, y, *p):
    n = len(p) // 2
    for k in range(n):
        s = p[k] @ h + p[n + k]
        h = torch.sigmoid(s)
    return torch.nn.functional.softplus(s).sum() - y * s.sum()


for _sizes in ([3, 1], [2, 3, 1], [3, 4, 1], [4, 3, 2, 1], [3, 4, 2, 1], [2, 2, 2, 2, 1]):
    _p = [torch.rand(o, i) for i, o in zip(_sizes, _sizes[1:])] + [torch.rand(o) for o in _sizes[1:]]
    _g = torch.func.grad(_loss, argnums=tuple(range(2, 2 + len(_p))))
    _known[tuple(tuple(q.shape) for q in _p)] = _make(_g, tracing_mode="symbolic")(torch.rand(_sizes[0]), torch.tensor(1.0), *_p)


def mlp_gradients(x, y, weights, biases):
    p = [*weights, *biases]
    traced = _known.get(tuple(tuple(q.shape) for q in p)) or next(iter(_known.values()))
    g = traced.forward(x, torch.tensor(float(y)), *p)
    return list(g[: len(weights)]), list(g[len(weights) :])
