"""What a task can forbid with `@task(..., without=...)`: the kinds, in one table.

forbid.py makes each kind raise in the worker, the judge tries the probes, and pages/flags.py looks for the names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

BY_HAND = "this task is to be done by hand."
SWITCHED_OFF = "it is switched off in tasks to be done by hand, since it could hide a ready-made derivative."
WITHOUT_SKLEARN = "this task is to be done without scikit-learn."
BY_FORMULA = "this task asks for the formula."


class Ban(NamedTuple):
    """One kind of `without=`."""

    flag: str
    """The explanation that staff read next to a line that uses it."""
    names: tuple[str, ...]
    """Its dotted names: each thing itself and all below it."""
    probes: tuple[str, ...]
    """Uses of it. Where it is forbidden, each must raise, both before and after the test."""
    libraries: tuple[str, ...] = ()
    """Imported before any notebook runs if an assignment forbids this kind, so that machine code can refuse."""
    methods: tuple[str, ...] = ()
    """Methods that are forbidden on every object, because no name in a module leads to them."""
    ready_made: Mapping[str, str] = MappingProxyType({})
    """Functions of libraries that do it: a package or module, and which of its functions and methods, as a pattern.

    The longest name that fits a module decides. What is not imported yet raises as soon as it is imported.
    """
    tricks: tuple[str, ...] = ()
    """Things that no task forbids and that do the same with numbers or formulas."""
    flag_trick: str = ""


_LOSS_FUNCTIONS = (
    "binary_cross_entropy binary_cross_entropy_with_logits cross_entropy cosine_embedding_loss ctc_loss "
    "gaussian_nll_loss hinge_embedding_loss huber_loss kl_div l1_loss margin_ranking_loss mse_loss multi_margin_loss "
    "multilabel_margin_loss multilabel_soft_margin_loss nll_loss poisson_nll_loss smooth_l1_loss soft_margin_loss "
    "triplet_margin_loss"
).split()
_LOSS_CLASSES = (
    "BCELoss BCEWithLogitsLoss CrossEntropyLoss GaussianNLLLoss HuberLoss KLDivLoss L1Loss MSELoss NLLLoss "
    "PoissonNLLLoss SmoothL1Loss SoftMarginLoss"
).split()
_SKLEARN_STEPS = (
    "sklearn.linear_model._sag_fast",
    "sklearn.linear_model._sgd_fast",
    "sklearn.linear_model.SGDClassifier",
    "sklearn.linear_model.SGDRegressor",
)

BANS = {
    "sklearn": Ban(
        flag="uses scikit-learn, which this task forbids",
        names=("sklearn",),
        libraries=("sklearn.linear_model",),
        probes=("LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])",),
    ),
    "autograd": Ban(
        flag="uses autograd, in a task to be done by hand",
        names=(
            "torch.autograd",
            "torch.func",
            "torch._functorch",
            "functorch",
            "torch.Tensor.backward",
            "torch.vmap",
            "torch.jit",
            "torch.fx",
            "torch.utils.checkpoint",
            "torch._decomp",
            "torch.nn.utils._expanded_weights",
            "sklearn._loss",
            "sklearn.linear_model._huber",
            "sklearn.linear_model._linear_loss",
            *_SKLEARN_STEPS,
            "sklearn.neural_network",
        ),
        libraries=("torch",),
        methods=("backward", "run_backward", "_backprop"),
        ready_made={
            "sklearn._loss": "gradient",
            "sklearn.linear_model._huber": "gradient",
            "sklearn.linear_model._linear_loss": "gradient",
            "sklearn.linear_model._sag_fast": "^sag",
            "sklearn.linear_model._sgd_fast": "_plain_sgd|dloss",
            "sklearn.neighbors._nca": "_grad",
            "sklearn.neural_network._base": "_derivative$",
            "sklearn.neural_network._multilayer_perceptron": "_backprop$|loss_grad",
            "torch._decomp": "backward|_jvp",
            "torch.distributed.tensor.parallel.loss": "backward",
            "torch.nn.utils._expanded_weights": "backward",
        },
        probes=(
            "leaf().sum().backward()",
            "(leaf() ** 2).grad_fn(torch.ones(2))",
            "torch.autograd.forward_ad.make_dual(torch.ones(2), torch.ones(2))",
            "torch._C._jit_get_operation('aten::_backward')[0](leaf().sum(), [leaf()])",
            "loaded('torch._decomp.decompositions').tanh_backward(torch.ones(2), torch.ones(2))",
            "loaded('sklearn.neural_network._base').DERIVATIVES['relu'](np.ones(1), np.ones(1))",
        ),
        tricks=(
            "sympy",
            "autograd",
            "jax",
            "numpy.gradient",
            "torch.gradient",
            "torch.complex",
            "scipy.differentiate",
            "scipy.optimize.approx_fprime",
            "scipy.optimize.least_squares",
            "scipy.optimize.minimize",
            "scipy.optimize._lsq",
            "scipy.optimize._numdiff",
            "mpmath",
            "numpy.polyder",
        ),
        flag_trick="may get a derivative by numbers or formulas",
    ),
    "convolution": Ban(
        flag="uses a ready-made convolution, which this task forbids",
        names=(
            *(f"torch.nn.functional.conv{d}d" for d in (1, 2, 3)),
            *(f"torch.nn.functional.conv_transpose{d}d" for d in (1, 2, 3)),
            *(f"torch.nn.Conv{d}d" for d in (1, 2, 3)),
            *(f"torch.conv{d}d" for d in (1, 2, 3)),
            "torch.convolution",
            "numpy.convolve",
            "numpy.correlate",
            "scipy.signal",
            "scipy.ndimage",
            "torch.nn.grad",
            "torchvision.ops.deform_conv2d",
            "torchvision.ops.DeformConv2d",
            "torch.ops.quantized",
            "torch.ao.nn.quantized",
            "torchvision.transforms.GaussianBlur",
            "torchvision.transforms.functional.gaussian_blur",
            "pandas._libs.window",
            "sympy.discrete",
            "PIL.ImageFilter",
        ),
        ready_made={
            "PIL.ImageFilter": r"\.filter$",
            "pandas._libs.window.aggregations": "^roll_weighted_",
            "sympy.discrete.convolutions": "convolution",
        },
        libraries=("numpy", "scipy.ndimage", "scipy.signal", "torch"),
        probes=(
            "np.correlate([1.0, 2.0], [1.0])",
            "nn.functional.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2))",
            "deform_conv2d(torch.ones(1, 1, 3, 3), torch.zeros(1, 8, 2, 2), torch.ones(1, 1, 2, 2))",
            "torch.ops.mkldnn._convolution_transpose_pointwise(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2), None, "
            "[0, 0], [0, 0], [1, 1], [1, 1], 1, 'none', [], '')",
        ),
        tricks=(
            "scipy.linalg.convolution_matrix",
            "scipy.linalg.toeplitz",
            "scipy.linalg.matmul_toeplitz",
            "scipy.fft",
            "numpy.fft",
            "torch.fft",
            "numpy.polymul",
        ),
        flag_trick="may get a convolution by a matrix or a transform",
    ),
    "losses": Ban(
        flag="uses a ready-made loss, in a task that asks for the formula",
        names=(
            *(f"torch.nn.functional.{name}" for name in _LOSS_FUNCTIONS),
            *(f"torch.nn.{name}" for name in _LOSS_CLASSES),
            "torch._refs",
            "torch._decomp",
            "torch.distributions",
            "torchmetrics",
            "torchvision.ops.sigmoid_focal_loss",
            "scipy.stats.entropy",
            "sklearn._loss",
            "sklearn.linear_model._huber",
            "sklearn.linear_model._linear_loss",
            "sklearn.linear_model._sgd_fast",
            "sklearn.metrics.log_loss",
            "sklearn.metrics.mean_absolute_error",
            "sklearn.metrics.mean_squared_error",
            "sklearn.neural_network._base",
        ),
        libraries=("torch",),
        methods=("log_prob", "logpdf", "logpmf"),
        ready_made={
            "scipy.stats": "log(?:pdf|pmf)|nnlf$|^entropy$",
            "sklearn._loss": "loss(?:_gradient)?$|__call__$",
            "sklearn.linear_model._huber": "^_huber_loss",
            "sklearn.linear_model._linear_loss": r"\.loss(?:_gradient)?$",
            "sklearn.linear_model._sgd_fast": "py_loss",
            "sklearn.metrics": "_loss$|_error$|_deviance$",
            "sklearn.neural_network._base": "_loss$",
            "torch._decomp": "_loss|cross_entropy|kl_div",
            "torch._dynamo.utils": "^rmse$",
            "torch._refs.nn.functional": "_loss|cross_entropy|kl_div",
            "torch.distributed.tensor.parallel.loss": "_loss",
            "torch.distributions": r"\.(?:log_prob|entropy)$|kl_divergence$|^_kl_",
            "torch.nn.functional": "(?:_loss|cross_entropy|cross_entropy_with_logits|kl_div)$",
            "torch.nn.modules.adaptive": r"WithLoss\.forward$",
            "torchmetrics.functional": "",
            "torchmetrics.functional.classification": "hinge|calibration",
            "torchmetrics.regression": r"\.(?:update|compute)$",
            "torchvision.ops": "_loss$",
        },
        probes=(
            "nn.functional.mse_loss(torch.ones(2), torch.ones(2))",
            "torch._C._nn.mse_loss(torch.ones(2), torch.ones(2))",
            "torch.distributions.Normal(0.0, 1.0, validate_args=False).log_prob(torch.ones(1))",
        ),
        tricks=tuple(f"scipy.special.{name}" for name in ("huber", "kl_div", "pseudo_huber", "rel_entr")),
        flag_trick="may get a loss from a function that has it as a special case",
    ),
    "optim": Ban(
        flag="uses an optimizer, in a task to be done by hand",
        names=(
            "torch.optim",
            "torch._fused_sgd_",
            "torch._fused_adam_",
            "torch._fused_adamw_",
            *_SKLEARN_STEPS,
            "sklearn.neural_network",
        ),
        libraries=("torch",),
        ready_made={
            "sklearn.linear_model._sag_fast": "^sag",
            "sklearn.linear_model._sgd_fast": "_plain_sgd",
            "sklearn.manifold._t_sne": "^_gradient_descent$",
            "sklearn.neural_network._stochastic_optimizers": r"\.(?:update_params|_get_updates)$",
        },
        probes=(
            "torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1).step()",
            "loaded('sklearn.neural_network._stochastic_optimizers').SGDOptimizer([np.ones(1)])"
            ".update_params([np.ones(1)], [np.ones(1)])",
        ),
    ),
}
"""Every kind of `without=`, by its name."""

PROBE_HELPERS = """
import sys

def leaf():
    return torch.ones(2, requires_grad=True)

def loaded(module):
    return sys.modules[module]

def LinearRegression():
    from sklearn.linear_model import LinearRegression
    return LinearRegression()

def deform_conv2d(*arguments):
    if "torchvision" not in sys.modules:
        raise RuntimeError
    return sys.modules["torchvision"].ops.deform_conv2d(*arguments)
"""
"""What the probes call, besides the names that every grader's code in the worker has."""
