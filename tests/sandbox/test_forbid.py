# ruff: noqa: E501 (lines of notebooks)
"""What is forbidden raises, whichever way it is reached, and nothing else does."""

from __future__ import annotations

import ctypes
import json
import mmap
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from autograder.grading.start_sandbox import start_sandbox
from autograder.sandbox import forbid, native
from autograder.sandbox.bans import BANS
from autograder.sandbox.check import choose
from autograder.sandbox.faults import StudentError, TimeLimit, WorkerFault
from autograder.sandbox.forkserver_client import ForkServer
from autograder.sandbox.worker_client import Worker
from tests.sandbox.helpers import call, load

NOTEBOOK = """
import importlib, subprocess, sys, threading, types
import numpy as np, pandas as pd, scipy.ndimage, scipy.signal, sklearn.linear_model, sklearn.metrics, torch
import torch.autograd.forward_ad as forward_ad
import torch.nn.grad
from concurrent.futures import ThreadPoolExecutor
from torch.fx.experimental.proxy_tensor import make_fx
import torch.nn.functional as F
from sklearn.datasets import load_digits as digits_alias
from sklearn.linear_model import LogisticRegression as Alias
from torch import nn
from torch._decomp import decompositions
from torch.autograd import grad as grad_alias
import sklearn._loss, sklearn.linear_model._huber, sklearn.linear_model._linear_loss, sklearn.neural_network._base
from sklearn.neural_network import MLPRegressor
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

backward_alias = torch.Tensor.backward
run_backward_alias = torch.autograd.Variable._execution_engine.run_backward
func_grad_alias, jvp_alias, sgd_alias = torch.func.grad, torch.func.jvp, torch.optim.SGD
make_dual_alias = torch._C._VariableFunctions._make_dual
w = nn.Parameter(torch.tensor([1.0, 2.0]))
fitted = Alias().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
image, kernel = torch.ones(1, 1, 5, 5), torch.ones(1, 1, 3, 3)
early = (w * w).sum()

mode = torch.inference_mode(False)
mode.__enter__()
left_late = mode._inference_mode_context
early_kernel = torch.library.get_kernel("aten::mse_loss", "CPU") if hasattr(torch.library, "get_kernel") else None
traced = make_fx(torch.func.grad(lambda x: (torch.sigmoid(x) ** 2).sum()))(torch.ones(2))
early_leaf = torch.ones(2, requires_grad=True)
early_node = (early_leaf * early_leaf).grad_fn

def in_a_thread(f, *a):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(f, *a).result()

@torch.jit.script
def scripted_loss(p: torch.Tensor, t: torch.Tensor):
    return torch.nn.functional.mse_loss(p, t)

def copied_code(f):
    g = types.FunctionType(f.__code__, f.__globals__, "g", f.__defaults__)
    g.__kwdefaults__ = f.__kwdefaults__
    return g

grad_copy = copied_code(torch.autograd.grad)

@torch.jit.script
def scripted(x: torch.Tensor):
    y = (x * x).sum()
    y.backward()
    return x.grad

two, half_squared = np.ones(2), sklearn._loss.HalfSquaredError()
linear_loss = sklearn.linear_model._linear_loss.LinearModelLoss(half_squared, fit_intercept=False)
network = MLPRegressor(activation="identity")
network.loss, network.out_activation_, network.n_layers_ = "squared_error", "identity", 2
network.coefs_, network.intercepts_ = [np.ones((1, 1))], [np.ones(1)]
derivative_alias = sklearn.neural_network._base.DERIVATIVES["tanh"]
cython_alias = half_squared.closs.gradient

def gradient_of_a_fit():
    fitted = sklearn.linear_model.SGDRegressor(penalty=None, learning_rate="constant", eta0=0.1)
    return fitted.partial_fit([[1.0]], [1.0]).coef_

def loss(x):
    return (x ** 2).sum()

def leaf():
    return torch.tensor([1.0, 2.0], requires_grad=True)
"""

AUTOGRAD = {
    "grad": "x = leaf(); return torch.autograd.grad(loss(x), x)",
    "alias of grad": "x = leaf(); return grad_alias(loss(x), x)",
    "backward": "x = leaf(); loss(x).backward(); return x.grad",
    "unbound backward": "x = leaf(); backward_alias(loss(x)); return x.grad",
    "torch.autograd.backward": "x = leaf(); torch.autograd.backward([loss(x)]); return x.grad",
    "a graph of before": "early.backward(); return w.grad",
    "the engine": "x = leaf(); y = loss(x); return run_backward_alias((y,), (torch.ones(()),), False, False, (x,), False, accumulate_grad=False)",
    "another engine": "x = leaf(); y = loss(x); return torch._C._ImperativeEngine().run_backward((y,), (torch.ones(()),), False, False, (x,), False, accumulate_grad=False)",
    "func.grad": "return func_grad_alias(loss)(torch.ones(2))",
    "func.vjp": "return torch.func.vjp(loss, torch.ones(2))[1](torch.ones(()))",
    "func.jvp": "return jvp_alias(loss, (torch.ones(2),), (torch.ones(2),))",
    "func.jacrev": "return torch.func.jacrev(loss)(torch.ones(2))",
    "func.jacfwd": "return torch.func.jacfwd(loss)(torch.ones(2))",
    "func.linearize": "return torch.func.linearize(loss, torch.ones(2))[1](torch.ones(2))",
    "functional.jacobian": "return torch.autograd.functional.jacobian(loss, torch.ones(2))",
    "functional.vjp": "return torch.autograd.functional.vjp(loss, torch.ones(2))",
    "dual numbers": "with forward_ad.dual_level():\n  return forward_ad.unpack_dual(loss(forward_ad.make_dual(torch.ones(2), torch.ones(2))))",
    "dual numbers in C": "torch._C._enter_dual_level(); return make_dual_alias(torch.ones(2), torch.ones(2), level=0)",
    "functorch in C": "return torch._C._functorch._grad_increment_nesting()",
    "a node": "return loss(leaf()).grad_fn(torch.ones(()))",
    "a node of before": "early_leaf.data.copy_(torch.tensor([3.0, 4.0])); return early_node(torch.ones(2))",
    "a guard left late": "left_late.__exit__(None, None, None); x = leaf(); torch.ops.aten._backward.default._op(loss(x), [x]); return x.grad + 0",
    "a traced derivative": "return traced(torch.ones(2))",
    "a traced derivative's function": "return traced.forward(torch.ones(2))",
    "a ready-made derivative": "return torch.ops.aten.sigmoid_backward.default._op(torch.ones(2), torch.ones(2))",
    "a derivative by its C name": "return torch._C._nn.gelu_backward(torch.ones(2), torch.ones(2)) if hasattr(torch._C._nn, 'gelu_backward') else torch._C._VariableFunctions.hardshrink_backward(torch.ones(2), torch.ones(2), 0.5) if hasattr(torch._C._VariableFunctions, 'hardshrink_backward') else torch.ops.aten.gelu_backward.default._op(torch.ones(2), torch.ones(2))",
    "a thread pool": "x = leaf(); return in_a_thread(lambda: torch.autograd.grad(loss(x), x))",
    "the operator in a thread": "x = leaf(); in_a_thread(lambda: torch.ops.aten._backward.default._op(loss(x), [x])); return x.grad + 0",
    "a checkpoint": "from torch.utils.checkpoint import checkpoint; x = leaf(); checkpoint(loss, x, use_reentrant=False).backward(); return x.grad + 0",
    "a graph in inference mode": "with torch.inference_mode(False):\n  x = leaf(); y = loss(x); torch.ops.aten._backward(y, [x]); return x.grad + 0",
    "the operator": "x = leaf(); torch.ops.aten._backward(loss(x), [x]); return x.grad + 0",
    "TorchScript": "return scripted(leaf())",
    "a copied function": "x = leaf(); return grad_copy(loss(x), x)",
    "a reloaded module": "m = importlib.reload(torch.autograd.functional); r = m.jacobian(loss, torch.ones(2)); assert r.abs().sum() > 0; return r",
    "a thread": "x = leaf(); r = []; t = threading.Thread(target=lambda: r.append(grad_alias(loss(x), x))); t.start(); t.join(); return r[0]",
    "a formula of torch": "return decompositions.sigmoid_backward(torch.ones(2), torch.ones(2) / 2)",
    "what it wraps": "return decompositions.tanh_backward.__wrapped__(torch.ones(2), torch.ones(2) / 2)",
    "scikit-learn's backprop": "return network._backprop(two[:, None], two[:, None], None, [two[:, None], None], [None], [None], [None])[1][0]",
    "scikit-learn's derivatives": "x = np.ones(2); derivative_alias(two / 2, x); return x",
    "scikit-learn's linear model": "return linear_loss.gradient(np.ones(1), two[:, None], two)",
    "scikit-learn's loss": "return half_squared.gradient(two, two)",
    "its compiled loss": "x = np.ones(2); cython_alias(two, 2 * two, None, x, 1); return x",
    "its types": "x = np.ones(2); type(half_squared.closs).__pyx_fuse_0_0gradient(half_squared.closs, two, 2 * two, None, x, 1) if hasattr(type(half_squared.closs), '__pyx_fuse_0_0gradient') else cython_alias(two, 2 * two, None, x, 1); return x",
    "a step of a fit": "return gradient_of_a_fit()",
    "a reloaded library": "m = importlib.reload(sklearn.neural_network._base); x = np.ones(2); m.DERIVATIVES['tanh'](two / 2, x); return x",
    "a library imported now": "import sklearn.neighbors._nca as m; n = m.NeighborhoodComponentsAnalysis(); n.n_iter_, n.verbose = 0, 0; return n._loss_grad_lbfgs(np.ones(1), np.arange(3.0)[:, None], np.ones((3, 3), bool))[1]",
    "a process": "return subprocess.run([sys.executable, '-c', ''], check=True).returncode",
    "a fork": "import os; return os.fork()",
}
CONVOLUTION = {
    "F.conv2d": "return F.conv2d(image, kernel)",
    "torch.conv2d": "return torch.conv2d(image, kernel)",
    "F.conv1d": "return F.conv1d(torch.ones(1, 1, 5), torch.ones(1, 1, 3))",
    "F.conv3d": "return F.conv3d(image[None], kernel[None])",
    "F.conv_transpose2d": "return F.conv_transpose2d(image, kernel)",
    "nn.Conv2d": "return nn.Conv2d(1, 1, 3)(image)",
    "torch.convolution": "return torch.convolution(image, kernel, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
    "mkldnn": "return torch.mkldnn_convolution(image, kernel, None, [0, 0], [1, 1], [1, 1], 1)",
    "the weights' gradient": "return torch.nn.grad.conv2d_weight(torch.ones(1, 1, 5, 5), (1, 1, 3, 3), torch.ones(1, 1, 3, 3))",
    "the input's gradient": "return torch.nn.grad.conv2d_input((1, 1, 5, 5), kernel, torch.ones(1, 1, 3, 3))",
    "in a thread": "return in_a_thread(F.conv2d, image, kernel)",
    "another key": "k = torch._C.DispatchKeySet(torch._C.DispatchKey.CompositeExplicitAutograd); return torch.ops.aten.convolution.default.redispatch(torch._C.DispatchKeySet(torch._C.DispatchKey.CPU), image, kernel, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
    "deformable": "import torchvision; return torchvision.ops.deform_conv2d(image, torch.zeros(1, 18, 3, 3), kernel)",
    "numpy beneath": "return np._core.multiarray.correlate(np.ones(3), np.ones(2))",
    "a filter": "return scipy.signal.lfilter([1.0, 2.0], [1.0], np.ones(3))",
    "upfirdn": "return scipy.signal.upfirdn([1.0, 2.0], np.ones(3))",
    "the slow operator": "return torch.ops.aten._slow_conv2d_forward(image, kernel, [3, 3], None, [1, 1], [0, 0])",
    "with a gradient": "return F.conv2d(image, kernel.clone().requires_grad_())",
    "numpy": "return np.convolve([1.0, 2.0], [1.0])",
    "numpy.correlate": "return np.correlate([1.0, 2.0], [1.0])",
    "scipy.signal": "return scipy.signal.convolve2d(image[0, 0].numpy(), kernel[0, 0].numpy())",
    "scipy.signal.fftconvolve": "return scipy.signal.fftconvolve(np.ones(3), np.ones(2))",
    "pandas": "from pandas._libs.window.aggregations import roll_weighted_sum as r; return np.asarray(r(np.ones(3), np.ones(2), 2))",
    "pandas' window": "return pd.Series([1.0, 2.0, 3.0]).rolling(2, win_type='triang').sum().to_numpy()",
    "Pillow": "from PIL import Image, ImageFilter; return np.asarray(Image.new('L', (5, 5), 1).filter(ImageFilter.Kernel((3, 3), [1] * 9)))",
    "Pillow beneath": "from PIL import Image; i = Image.new('L', (5, 5), 1); return np.asarray(i._new(i.im.filter((3, 3), 1.0, 0.0, [1] * 9)))",
    "SymPy": "import sympy.discrete; return [int(x) for x in sympy.discrete.convolution([1, 2], [1, 2])]",
    "a blur": "import torchvision.transforms.functional as T; return T.gaussian_blur(image, 3)",
    "scipy.ndimage": "return scipy.ndimage.correlate(image[0, 0].numpy(), kernel[0, 0].numpy())",
}
SKLEARN = {
    "fit": "return sklearn.linear_model.LogisticRegression().fit([[0.0], [1.0]], [0, 1])",
    "an alias": "return Alias().fit([[0.0], [1.0]], [0, 1])",
    "a fitted model": "return fitted.predict([[1.0]])",
    "metrics": "return sklearn.metrics.accuracy_score([1], [1])",
    "datasets": "return digits_alias()",
    "a module imported now": "from sklearn.naive_bayes import GaussianNB; return GaussianNB().fit([[0.0], [1.0]], [0, 1])",
    "a fresh import": "for m in [m for m in sys.modules if m.startswith('sklearn')]: del sys.modules[m]\n import sklearn.linear_model as l; return l.LogisticRegression().fit([[0.0], [1.0]], [0, 1])",
    "a reloaded module": "import sklearn.linear_model._logistic as l; return importlib.reload(l).LogisticRegression().fit([[0.0], [1.0]], [0, 1])",
    "compiled code": "import sklearn.utils._random as r; return r.sample_without_replacement(5, 2)",
}
LOSSES = {
    "F.mse_loss": "return F.mse_loss(w, torch.zeros(2))",
    "nn.MSELoss": "return nn.MSELoss()(w, torch.zeros(2))",
    "binary_cross_entropy": "return F.binary_cross_entropy(torch.sigmoid(w), torch.ones(2))",
    "with logits": "return torch.binary_cross_entropy_with_logits(w, torch.ones(2))",
    "cross_entropy": "return F.cross_entropy(image[0, 0], torch.zeros(5, dtype=torch.long))",
    "nll": "return torch._C._nn.nll_loss(image[0, 0], torch.zeros(5, dtype=torch.long))",
    "l1": "return torch.nn.functional.l1_loss(w, torch.zeros(2))",
    "huber": "return torch.ops.aten.huber_loss(w, torch.zeros(2))",
    "kl_div": "return F.kl_div(w, torch.ones(2))",
    "beneath": "return torch._C._nn.mse_loss(w, torch.zeros(2))",
    "a script": "return scripted_loss(w, torch.zeros(2))",
    "in a thread": "return in_a_thread(F.mse_loss, w, torch.zeros(2))",
    "scikit-learn": "return half_squared(two, two)",
    "its compiled loss": "x = np.ones(2); half_squared.closs.loss(two, 2 * two, None, x, 1); return x",
    "its metrics": "return sklearn.metrics.mean_squared_error(two, 2 * two)",
    "its network": "return sklearn.neural_network._base.LOSS_FUNCTIONS['log_loss'](two[:, None], two[:, None] / 2)",
    "a linear model": "return linear_loss.loss(np.ones(1), two[:, None], two)",
    "a distribution": "return torch.distributions.Normal(w.detach(), 1.0).log_prob(torch.zeros(2))",
    "a divergence": "n = torch.distributions.Normal; return torch.distributions.kl_divergence(n(0.0, 1.0), n(1.0, 1.0))",
    "a distribution of SciPy": "import scipy.stats; return scipy.stats.norm.logpdf(two)",
    "its formula": "import scipy.stats; return scipy.stats.laplace._logpdf(two)",
    "torchmetrics": "import torchmetrics; m = torchmetrics.MeanSquaredError(); m.update(torch.ones(2), torch.zeros(2)); return m.compute()",
    "torchmetrics beneath": "from torchmetrics.functional.regression.mse import _mean_squared_error_update as f; return f(torch.ones(2), torch.zeros(2), 1)[0]",
    "a reference of torch": "return torch._refs.nn.functional.l1_loss(w, torch.zeros(2))",
    "a kernel of before": "return early_kernel.call_boxed(torch._C.DispatchKeySet(torch._C.DispatchKey.CPU), w.detach(), torch.zeros(2), 1)",
}
OPTIM = {
    "the fused step": "v = torch.ones(2); torch._fused_sgd_([v], [torch.ones(2)], [], weight_decay=0.0, momentum=0.0, lr=0.1, dampening=0.0, nesterov=False, maximize=False, is_first_step=True); return v",
    "SGD": "o = torch.optim.SGD([w], lr=0.1); w.grad = torch.ones(2); o.step(); return w",
    "an alias": "o = sgd_alias([w], lr=0.1); w.grad = torch.ones(2); o.step(); return w",
    "Adam": "o = torch.optim.Adam([w], lr=0.1); w.grad = torch.ones(2); o.step(); return w",
    "the wrapped step": "o = sgd_alias([w], lr=0.1); w.grad = torch.ones(2); sgd_alias.step.__wrapped__(o); return w",
    "scikit-learn": "v = np.ones(2); SGDOptimizer([v]).update_params([v], [np.ones(2)]); return v",
    "its updates": "return SGDOptimizer([np.ones(2)])._get_updates([np.ones(2)])[0]",
    "a step of a fit": "return gradient_of_a_fit()",
    "an optimizer imported now": "import sklearn.manifold._t_sne as t; return t._gradient_descent(lambda p, **_: (0.0, p), np.ones(2), 0, 1)[0]",
    "the function": "from torch.optim.sgd import sgd; return sgd([w.detach()], [torch.ones(2)], [None], weight_decay=0, momentum=0, lr=0.1, dampening=0, nesterov=False, maximize=False)",
}
HONEST = {
    "arithmetic on parameters": ("return (w * leaf() + 1).sum()", 7.0),
    "a module of one's own": ("return nn.Linear(2, 1, bias=False)(w).sum() * 0 + nn.Sequential(nn.ReLU())(w).sum()", 3.0),
    "updates in place": ("v = leaf()\n with torch.no_grad(): v -= 0.5\n return v.sum()", 2.0),
    "inference mode": ("with torch.inference_mode():\n  y = w * 2\n return y.sum()", 6.0),
    "unfolding": ("return F.unfold(image, 3).sum() + F.pad(w, (1, 1)).sum()", 84.0),
    "pandas": ("return float(pd.DataFrame({'a': [1, 2]}).groupby('a').size().sum())", 2.0),
    "a moving average": ("return float(pd.Series([1.0, 3.0]).rolling(2).mean().iloc[-1])", 2.0),
    "draws": ("d = torch.distributions.Normal(0.0, 1.0); return d.sample((3,)).sum() * 0 + d.mean + np.random.rand() * 0", 0.0),
    "an import": ("import scipy.stats, sklearn.metrics as m; return float(scipy.stats.norm.cdf(0.0))", 0.5),
    "linear algebra": ("return torch.linalg.lstsq(torch.eye(2), w[:, None]).solution.sum()", 3.0),
    "an optimizer of one's own": (
        "class Own(torch.optim.Optimizer):\n  def __init__(self, p): super().__init__(p, {})\n  @torch.no_grad()\n"
        "  def step(self):\n   for p in self.param_groups[0]['params']: p -= p.grad\n"
        " v = nn.Parameter(torch.ones(2)); o = Own([v]); v.grad = torch.ones(2); o.step(); return v.sum()", 0.0),
}  # fmt: skip

LOOKS = {
    "print": "print(w, image, loss(w), leaf() * 2)",
    "format": "f'{w} {loss(w):.3f}'; repr(w); str(image); display(w)",
    "log": "import logging, warnings; logging.warning('w %s', w); warnings.warn(f'{w}')",
    "hooks that print": "m = nn.Linear(2, 1); m.register_forward_hook(lambda m, i, o: print(m, i, o)); m(w)",
    "print options": "torch.set_printoptions(precision=3, sci_mode=False); print(w)",
    "compare": "assert torch.equal(w, w) and torch.allclose(w, w) and bool((w == w).all()), w",
    "torch.testing": "torch.testing.assert_close(w, w.clone()); np.testing.assert_allclose(w.detach(), w.tolist())",
    "plot": "import matplotlib.pyplot as plt; plt.plot(w.detach(), [1, 2]); plt.imshow(image[0, 0]); plt.show()",
    "deepcopy": "import copy; copy.deepcopy(w); copy.deepcopy(nn.Linear(2, 1)); copy.copy(image)",
    "pickle": "import io, pickle; print(pickle.loads(pickle.dumps(w))); b = io.BytesIO(); torch.save({'w': w}, b); b.seek(0); torch.load(b)",
    "state_dict": "m = nn.Linear(2, 1); m.load_state_dict(m.state_dict()); print(m.state_dict())",
    "grad modes": "with torch.no_grad(), torch.inference_mode(), torch.enable_grad(), torch.set_grad_enabled(False):\n  print(w * 2)",
    "moves": "print(w.double(), w.to('cpu', torch.float64), w.long(), w.numpy(force=True), np.asarray(image), w.data)",
    "pandas": "print(pd.DataFrame(image[0, 0].numpy()).describe(), pd.Series(w.detach()))",
    "threads": "assert in_a_thread(torch.sum, w) == 3.0",
    "profile": "with torch.profiler.profile() as p: loss(w)\n print(p.key_averages().table())",
    "graphs": "x = leaf(); y = loss(x); print(y, y.grad_fn, y.grad_fn.next_functions, x.grad)",
    "data": "from torch.utils.data import DataLoader, TensorDataset; print(*DataLoader(TensorDataset(image[0, 0])))",
}  # fmt: skip


def define(worker: Worker, body: str) -> None:
    load(worker, "def attempt():\n " + body, "attempt")


@pytest.fixture(scope="module")
def notebook(server: ForkServer):
    with server.spawn() as worker:
        yield load(worker, NOTEBOOK)


def cases(table: dict, *kinds: str) -> list:
    return [pytest.param(list(kinds), body, id=f"{kinds[0]}: {name}") for name, body in table.items()]


ALL = [
    *cases(AUTOGRAD, "autograd"),
    *cases(CONVOLUTION, "convolution"),
    *cases(SKLEARN, "sklearn"),
    *cases(OPTIM, "optim"),
    *cases(LOSSES, "losses"),
]


@pytest.mark.parametrize(("kinds", "body"), ALL)
def test_what_is_forbidden_gives_nothing(notebook: Worker, kinds: list[str], body: str) -> None:
    with notebook.fork() as copy:
        define(copy, body)
        copy.forbid(kinds)
        with pytest.raises(WorkerFault):
            call(copy, "attempt")


GIVES_NOTHING_BEFORE = {"a process", "a fork", "dual numbers in C"}


@pytest.mark.parametrize(
    ("kinds", "body"), [p for p in ALL if p.id.partition(": ")[2] not in GIVES_NOTHING_BEFORE]
)
def test_the_same_works_where_it_is_allowed(notebook: Worker, kinds: list[str], body: str) -> None:
    with notebook.fork() as copy:
        define(copy, body)
        call(copy, "attempt")


@pytest.mark.parametrize(
    "kinds", [["autograd", "optim"], ["convolution"], ["sklearn"], ["losses"]], ids=", ".join
)
@pytest.mark.parametrize(("body", "value"), HONEST.values(), ids=HONEST.keys())
def test_honest_code_is_left_alone(notebook: Worker, kinds: list[str], body: str, value: float) -> None:
    with notebook.fork() as copy:
        define(copy, body)
        copy.forbid(kinds)
        copy.request("reset", seed=1)
        assert float(call(copy, "attempt")) == pytest.approx(value)


@pytest.mark.parametrize("body", LOOKS.values(), ids=LOOKS.keys())
def test_looking_at_values_is_free(notebook: Worker, body: str) -> None:
    with notebook.fork() as copy:
        define(copy, body)
        copy.forbid(["autograd", "convolution", "losses", "optim", "sklearn"])
        copy.request("reset", seed=1)
        call(copy, "attempt")


SWITCHED_OFF = "it is switched off in tasks to be done by hand, since it could hide a ready-made derivative."


@pytest.mark.parametrize(
    ("kinds", "body", "sentence"),
    [
        (["autograd"], AUTOGRAD["backward"], "`torch.Tensor.backward` is not available here: this task is to be done by hand."),
        (["autograd"], AUTOGRAD["grad"], "`torch.autograd.grad` is not available here: this task is to be done by hand."),
        (["autograd"], AUTOGRAD["TorchScript"], f"`TorchScript (torch.jit)` is not available here: {SWITCHED_OFF}"),
        (["autograd"], AUTOGRAD["a thread pool"], "`torch.autograd.grad` is not available here: this task is to be done by hand."),
        (["autograd"], "return torch.compile(loss)(w)", f"`torch.compile` is not available here: {SWITCHED_OFF}"),
        (["autograd"], AUTOGRAD["scikit-learn's backprop"], "`sklearn.neural_network.BaseMultilayerPerceptron._backprop` is not available here: this task is to be done by hand."),
        (["losses"], LOSSES["a distribution"], "`torch.distributions.normal.Normal.log_prob` is not available here: this task asks for the formula."),
        (["losses"], LOSSES["beneath"], "`torch.mse_loss` is not available here: this task asks for the formula."),
        (["convolution"], CONVOLUTION["F.conv2d"], "`torch.conv2d` is not available here: this task is to be done by hand."),
        (["optim"], OPTIM["SGD"], "`torch.optim.sgd.SGD.step` is not available here: this task is to be done by hand."),
        (["sklearn"], SKLEARN["fit"], "`sklearn.linear_model.LogisticRegression` is not available here: this task is to be done without scikit-learn."),
    ],
)  # fmt: skip
def test_the_sentence_says_what_and_why(notebook: Worker, kinds: list[str], body: str, sentence: str) -> None:
    with notebook.fork() as copy:
        define(copy, body)
        copy.forbid(kinds)
        with pytest.raises(StudentError) as caught:
            call(copy, "attempt")
    assert caught.value.message == sentence


def test_a_prohibition_ends_with_its_copy(notebook: Worker) -> None:
    with notebook.fork() as copy:
        copy.forbid(["autograd", "sklearn", "convolution", "optim"])
    with notebook.fork() as copy:
        define(copy, AUTOGRAD["backward"])
        assert torch.equal(call(copy, "attempt"), torch.tensor([2.0, 4.0]))


def test_an_unknown_kind_is_named(notebook: Worker) -> None:
    with notebook.fork() as copy, pytest.raises(StudentError, match="known under magic"):
        copy.forbid(["magic"])


REPLACED = """
import gc
for thing in gc.get_objects():
    if isinstance(thing, dict) and "forbid" in thing and "define" in thing:
        operations, forbids = thing, thing["forbid"]
"""
NO_FORBID = REPLACED + "operations['forbid'] = lambda **_: None"
HELPED = (
    REPLACED
    + """
import os, pickle
(ask, asked), (answer, answered) = os.pipe(), os.pipe()
def helped(**arguments):
    if os.fork() == 0:
        os.close(3)
        os.read(ask, 1)
        w.sum().backward()
        os.write(answered, b"!")
        os._exit(0)
    return forbids(**arguments)
operations["forbid"] = helped
hardening.deny_new_processes = lambda: None
"""
)


@pytest.fixture
def own_notebook(server: ForkServer):
    with server.spawn() as worker:
        yield load(worker, NOTEBOOK + "from autograder.sandbox import forbid, hardening")


@pytest.mark.parametrize(
    ("kinds", "body"),
    [
        (["autograd"], AUTOGRAD["backward"]),
        (["autograd"], AUTOGRAD["TorchScript"]),
        (["convolution"], CONVOLUTION["F.conv2d"]),
        (["convolution"], "return np.correlate([1.0, 2.0], [1.0])"),
        (["convolution"], "return scipy.signal.sosfilt([[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]], [1.0, 2.0])"),
        (["convolution"], "return scipy.ndimage.uniform_filter1d([1.0, 2.0], 2)"),
        (["convolution"], CONVOLUTION["pandas"]),
        (["autograd"], AUTOGRAD["its compiled loss"]),
        (["autograd", "optim"], AUTOGRAD["a step of a fit"]),
        (["losses"], LOSSES["its compiled loss"]),
        (["losses"], LOSSES["beneath"]),
        (["sklearn"], SKLEARN["fit"]),
    ],
)
def test_the_judge_forbids_where_the_notebook_has_replaced_what_forbids(
    own_notebook: Worker, kinds: list[str], body: str
) -> None:
    load(own_notebook, NO_FORBID)
    with own_notebook.fork() as copy:
        define(copy, body)
        call(copy, "attempt")
        copy.forbid(kinds)
        with pytest.raises(WorkerFault):
            call(copy, "attempt")


def test_a_helper_that_a_copy_forks_before_anything_is_forbidden_stays_stopped(
    own_notebook: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.sandbox.budget.IDLE_GRACE", 0.5)
    load(own_notebook, HELPED)
    with own_notebook.fork() as copy:
        copy.forbid(["autograd"])
        define(copy, "os.write(asked, b'?')\n return os.read(answer, 1).decode()")
        with pytest.raises(TimeLimit):
            copy.request("call", target={"name": "attempt"}, cpu=0.2)


@pytest.mark.parametrize("change", ["mprotect(page, 4096, 7)", "madvise(page, 4096, 4)"])
def test_a_ban_is_not_undone_or_the_judge_sees_it(own_notebook: Worker, change: str) -> None:
    """MADV_DONTNEED would bring back what the library's file says. Linux before 6.10 cannot refuse mprotect."""
    load(
        own_notebook,
        f"""
import ctypes
kept = {{at: ctypes.string_at(at, 16) for at in forbid._traps["autograd"]}}
def undo():
    for at in kept:
        page = ctypes.c_void_p(at & ~4095)
        if ctypes.CDLL(None).{change} != 0:
            return False
        if "mprotect" in "{change}":
            ctypes.memmove(at, kept[at], 16)
    return True
""",
    )
    with own_notebook.fork() as copy:
        copy.forbid(["autograd"])
        undone = call(copy, "undo")
        assert copy.forbids("autograd") is not undone
        assert not undone or "mprotect" in change


def test_where_memory_is_out_of_reach_the_worker_forbids_and_the_instructor_is_warned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autograder.sandbox.memory.within_reach", lambda *_: False)
    with ForkServer.start(choose(None), libraries=["torch"]) as server, server.spawn() as worker:
        (warning,) = server.warnings
        assert "keeps this user from changing the memory" in warning
        load(worker, "import torch\ndef attempt(): torch.ones(1, requires_grad=True).sum().backward()")
        call(worker, "attempt")
        with worker.fork() as copy:
            copy.forbid(["autograd"])
            assert copy.forbids("autograd")
            with pytest.raises(StudentError, match="not available here"):
                call(copy, "attempt")


def test_every_kind_of_the_table_can_be_forbidden() -> None:
    assert set(forbid._KINDS) == set(BANS)


UNKNOWN_TORCH = """
import json, sys
import numpy, scipy.ndimage, scipy.signal, sklearn.linear_model, torch, torchvision
from torch import nn
from autograder.grading.forks import _PROBE
from autograder.sandbox import forbid
from autograder.sandbox.bans import BANS

forbid._NATIVE = {
    kind: [(library, b"no_such_function", *rest) for library, _, *rest in entries]
    for kind, entries in forbid._NATIVE.items()
}
warnings = forbid.prepare()
forbid.forbid(list(BANS))
for kind in BANS:
    uses = ", ".join(f"lambda: {use}" for use in BANS[kind].probes)
    exec(_PROBE.replace("USES", f"({uses},)"))
    assert probe() == 0, kind
print(torch.ones(2) * 2, file=sys.stderr)
print(json.dumps(warnings))
"""


def test_a_torch_that_is_not_known_is_forbidden_by_name_and_the_instructor_is_warned() -> None:
    """The functions beneath are not found: every probe still raises, and grading goes on."""
    done = subprocess.run([sys.executable, "-c", UNKNOWN_TORCH], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (warning,) = json.loads(done.stdout)
    assert "bans on autograd, convolution, losses, optim hold for Python's names only" in warning


def test_a_warning_of_the_server_reaches_the_instructor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started = SimpleNamespace(warnings=("bans hold by name only",))
    monkeypatch.setattr(ForkServer, "start", lambda *_, **__: started)
    start_sandbox("none", tmp_path)
    assert "autograder: bans hold by name only" in capsys.readouterr().err


def test_this_torch_needs_no_warning(server: ForkServer) -> None:
    assert server.warnings == ()


@pytest.mark.parametrize("distance", [16, 40])
def test_a_function_on_the_last_page_of_its_library_refuses(distance: int) -> None:
    """What lies behind is not the library's. On 64-bit ARM nothing did, and convolution could not be forbidden."""
    libc = ctypes.CDLL(None)
    libc.mmap.restype, libc.mmap.argtypes = (
        ctypes.c_void_p,
        (ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long),
    )
    libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    both = mmap.PROT_READ | mmap.PROT_WRITE
    page = libc.mmap(None, 2 * mmap.PAGESIZE, both, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    libc.munmap(page + mmap.PAGESIZE, mmap.PAGESIZE)
    function = page + mmap.PAGESIZE - distance
    native.make_writable(function, 8)  # as for the entry of a C function
    native.refuse([native.Trap(function, native.python_refusal("not here"))])
    refusing = ctypes.PYFUNCTYPE(ctypes.py_object)(function)
    with pytest.raises(RuntimeError, match="not here"):
        refusing()
