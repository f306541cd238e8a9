"""Harmless habits: what students write around a correct answer while they look for a mistake, or out of habit.

A habit is a few lines put into every function, before every result, into every loop, or above or below the definitions
of a cell. None changes what the cell computes, so none may cost a point (`make validity`, "Habits that cost a point").
They come from public bug reports and from notebooks as Colab, VS Code and Jupyter leave them.
"""

from __future__ import annotations

import ast
import importlib.util
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

ARGUMENTS, RESULTS, LOOPS, ABOVE, BELOW = "arguments", "results", "loops", "above", "below"
OFTEN = 5
"""How often a habit is repeated in each place: of a thousand epochs, a student prints some, not all."""


@dataclass(frozen=True)
class Habit:
    place: str
    """Where its lines go; see `put`."""
    lines: str
    """`it` is each argument in turn, or the result; `step` counts; `names` holds the function's local variables."""

    @property
    def name(self) -> str:
        return f"{self.place}: {'; '.join(self.lines.splitlines())}"


def put(habit: Habit, source: str) -> str | None:
    """The cell with the habit in it; None if there is no place for it."""
    if habit.place == ABOVE:
        return f"{habit.lines}\n{source}"
    if habit.place == BELOW:
        return f"{source}\n\n{habit.lines}"
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    if not [number for number, function in enumerate(functions) if _PUT[habit.place](function, str(number))]:
        return None
    lines = textwrap.indent(habit.lines, " " * 8)
    return _CALLED.format(often=OFTEN, lines=lines) + ast.unparse(ast.fix_missing_locations(tree))


# A separate function, so that the habit's names do not hide the student's.
_CALLED = """habit_counts = {{}}
def habit(place, it, names):
    step = habit_counts[place] = habit_counts.get(place, 0) + 1
    if step <= {often}:
{lines}
"""


def _into_arguments(function: ast.FunctionDef, place: str) -> bool:
    """Inserts the lines for each argument, before anything else."""
    arguments = [
        arg.arg for arg in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    ]
    if function.name == "__init__":
        arguments = arguments[1:]  # looking at `self` before it is initialised fails in any notebook
    start = int(ast.get_docstring(function) is not None)
    calls = [call for name in arguments for call in _call(f"{place} {name}", name)]
    function.body[start:start] = calls
    return bool(calls)


def _into_results(function: ast.FunctionDef, place: str) -> bool:
    """Inserts the lines for what the function is about to return."""

    class Name(ast.NodeTransformer):
        changed = False

        def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
            if node.value is None:
                return node
            self.changed = True
            named = ast.Assign([ast.Name("the_result", ast.Store())], node.value)
            result = ast.Return(ast.Name("the_result", ast.Load()))
            return [named, *_call(place, "the_result"), result]

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            return node  # inner functions get their own lines

        visit_Lambda = visit_ClassDef = visit_FunctionDef

    name = Name()
    body = [name.visit(node) for node in function.body]
    function.body = [part for node in body for part in (node if isinstance(node, list) else [node])]
    return name.changed


def _into_loops(function: ast.FunctionDef, place: str) -> bool:
    """Inserts the lines at the end of each step of a loop."""
    loops = [node for node in ast.walk(function) if isinstance(node, (ast.For, ast.While))]
    for loop in loops:
        loop.body += _call(place, "None")
    return bool(loops)


_PUT: dict[str, Callable[[ast.FunctionDef, str], bool]] = {
    ARGUMENTS: _into_arguments,
    RESULTS: _into_results,
    LOOPS: _into_loops,
}


def _call(place: str, it: str) -> list[ast.stmt]:
    return ast.parse(f"habit({place!r}, {it}, locals())").body


def _habits(place: str, *lines: str) -> list[Habit]:
    return [Habit(place, textwrap.dedent(text).strip()) for text in lines]


_TENSOR = "import torch\nif torch.is_tensor(it):\n    "
_NUMBERS = "import torch\nif torch.is_tensor(it) and it.numel():\n    "
_MODEL = "import torch\nif isinstance(it, torch.nn.Module):\n    "
_OPTIMIZER = "import torch\nif isinstance(it, torch.optim.Optimizer):\n    "

HABITS: tuple[Habit, ...] = (
    # ---- looking at an argument
    *_habits(
        ARGUMENTS,
        "print(it)",
        "print('got', it, type(it))",
        "print(f'{it}')",
        "print(f'{it=}')",
        "print('%s' % (it,))",
        "text = repr(it)",
        "text = str(it)",
        "from pprint import pprint\npprint(it)",
        "import sys\nsys.stdout.write(str(it) + '\\n')",
        "import sys\nprint(it, file=sys.stderr, flush=True)",
        "import logging\nlogging.info('argument %s', it)",
        "import logging\nlogging.getLogger(__name__).warning('argument %s', it)",
        "import warnings\nwarnings.warn(f'look: {it}')",
        "from IPython.display import display\ndisplay(it)",
        'import copy\ncopied = copy.deepcopy(it.detach() if hasattr(it, "detach") else it)',
        "import copy\ncopied = copy.copy(it)",
        "kind = type(it).__name__\nassert isinstance(kind, str)",
        "import sys\nsize = sys.getsizeof(it)",
        "number = id(it)",
        "same = it is it",
        "if it is None:\n    print('nothing')",
        "words = dir(it)",
        "has = hasattr(it, 'shape')",
        "truth = callable(it)",
        "try:\n    print(len(it))\nexcept TypeError:\n    print('no length')",
        "try:\n    print(it.shape)\nexcept AttributeError:\n    pass",
        "try:\n    raise ValueError('just trying')\nexcept ValueError as error:\n    print(error)",
        "import contextlib\nwith contextlib.suppress(Exception):\n    print(it.no_such_attribute)",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    print(it)",
        "import gc\nif step == 1:\n    gc.collect()",
        "globals().setdefault('kept', []).append(it)",
        "import time\ntime.sleep(0.001)",
        "import traceback\ntraceback.print_stack(limit=2)",
        "import inspect\ncaller = inspect.stack()[1].function",
        "import numpy as np, random\nnumbers = np.random.rand(), random.random()",
        "from icecream import ic\nic(it)",
        "import ipdb\nipdb.set_trace()",
        "import pdb\npdb.set_trace()",
        "breakpoint()",
        "from IPython import embed\nembed()",
        "import os, psutil\nprint(psutil.Process(os.getpid()).memory_info().rss / 2**20)",
        "import rich\nrich.print(it)",
        'parts = {"it": it}\nprint(f"{parts["it"]}")',
    ),
    # ---- looking at a tensor
    *_habits(
        ARGUMENTS,
        _TENSOR + "print(it.shape, it.dtype, it.device, it.requires_grad)",
        _TENSOR + "print(it.size(), it.dim(), it.numel(), it.is_leaf)",
        _TENSOR + "numbers = it.tolist()",
        _TENSOR + "array = it.detach().cpu().numpy()",
        _TENSOR + "array = it.detach().numpy().copy()",
        _TENSOR + "copied = it.clone()",
        _TENSOR + "copied = it.detach().clone()",
        _TENSOR + "assert isinstance(it, torch.Tensor)",
        _TENSOR + "assert torch.isfinite(it).all(), it",
        _TENSOR + "assert not torch.isnan(it).any()",
        _TENSOR + "assert torch.equal(it, it)",
        _TENSOR + "assert torch.allclose(it.float(), it.float())",
        _TENSOR + "torch.testing.assert_close(it, it.clone())",
        _TENSOR + "same = (it == it).all().item()",
        _NUMBERS + "print(it.float().mean().item(), it.float().sum().item())",
        _NUMBERS + "print(f'{it.float().mean():.3f}')",
        _NUMBERS + "print('{:8.2f}'.format(it.double().sum().item()))",
        _NUMBERS + "print(it.min(), it.max(), it.argmax())",
        _NUMBERS + "print(it.float().norm(), it.abs().max())",
        _NUMBERS + "print(torch.unique(it))",
        _TENSOR + "doubled = it.double()",
        _TENSOR + "moved = it.to('cpu', dtype=torch.float64)",
        _TENSOR + "device = 'cuda' if torch.cuda.is_available() else 'cpu'\n    moved = it.to(device)",
        _TENSOR + "flat = it.reshape(-1)",
        _TENSOR + "more = it.unsqueeze(0).squeeze(0)",
        _TENSOR + "both = torch.stack([it, it])",
        _TENSOR + "with torch.no_grad():\n        half = it / 2",
        _TENSOR + "grad = it.grad if it.is_leaf else None",
        _TENSOR + "text = it.data.tolist()",
        _TENSOR + "import pickle\n    content = pickle.dumps(it.detach())",
        _TENSOR + "import io\n    torch.save(it.detach(), io.BytesIO())",
        _TENSOR + "import json\n    text = json.dumps(it.tolist())",
        _TENSOR + "import numpy as np\n    array = np.asarray(it.detach())",
        _TENSOR + "import pandas as pd\n    table = pd.DataFrame(it.detach().reshape(-1).numpy()).describe()",
        _NUMBERS
        + "import matplotlib.pyplot as plt\n"
        + "    plt.plot(it.detach().reshape(-1))\n    plt.show()\n    plt.close('all')",
        _NUMBERS
        + "import matplotlib.pyplot as plt\n    plt.hist(it.detach().reshape(-1).numpy())\n    plt.close()",
    ),
    # ---- looking at a model, an optimizer, a loader
    *_habits(
        ARGUMENTS,
        _MODEL + "print(it)",
        _MODEL + "print(sum(p.numel() for p in it.parameters()))",
        _MODEL + "for name, p in it.named_parameters():\n        print(name, p.shape, p)",
        _MODEL + "for name, p in it.named_parameters():\n        print(name, p.grad)",
        _MODEL + "state = it.state_dict()",
        _MODEL + "state = {name: p.detach().clone() for name, p in it.named_parameters()}",
        _MODEL + "import copy\n    best = copy.deepcopy(it.state_dict())",
        _MODEL + "print(it.training, len(list(it.children())))",
        _MODEL + "first = next(it.parameters(), None)",
        _MODEL + "for p in it.parameters():\n        assert torch.isfinite(p).all()",
        _OPTIMIZER + "print(it)",
        _OPTIMIZER + "print(it.param_groups[0]['lr'])",
        _OPTIMIZER + "state = it.state_dict()",
        "from torch.utils.data import DataLoader\nif isinstance(it, DataLoader):\n    print(len(it), it.batch_size)",
        "from torch.utils.data import DataLoader\nif isinstance(it, DataLoader):\n    print(it.dataset[0])",
    ),
    # ---- looking at a result
    *_habits(
        RESULTS,
        "print(it)",
        "print('result', it)",
        "print(f'{it}')",
        "text = repr(it)",
        "import logging\nlogging.info('result %s', it)",
        "import warnings\nwarnings.warn(str(it))",
        "from IPython.display import display\ndisplay(it)",
        "assert it is not None",
        'import copy\ncopied = copy.deepcopy(it.detach() if hasattr(it, "detach") else it)',
        "print(type(it), getattr(it, 'shape', None))",
        _TENSOR + "print(it.requires_grad, it.grad_fn)",
        _TENSOR + "print(it.detach().numpy())",
        _TENSOR + "assert not torch.isnan(it).any()",
        _NUMBERS + "print(f'{it.detach().float().mean().item():.4f}')",
        _TENSOR + "torch.testing.assert_close(it, it)",
        "results = [it]\nresults.append(it)",
        "if isinstance(it, dict):\n    for name, value in it.items():\n        print(name, value)",
        "if isinstance(it, (list, tuple)):\n    for value in it:\n        print(value)",
        "import pathlib\npathlib.Path('result.txt').write_text(str(it))",
        "import pathlib\npathlib.Path('/content/result.txt').write_text(str(it))",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(2) as pool:\n    list(pool.map(str, range(3)))",
        "import multiprocessing\nprint(multiprocessing.cpu_count(), multiprocessing.current_process().name)",
        "import pickle, contextlib\nwith contextlib.suppress(Exception):\n    pickle.dumps(it)",
        "globals().setdefault('all_results', []).append(it)",
        _TENSOR
        + "import numpy as np\n    np.testing.assert_allclose(it.detach().numpy(), it.detach().numpy())",
    ),
    # ---- in a loop
    *_habits(
        LOOPS,
        "print('step', step)",
        "if step % 2 == 0:\n    print(f'epoch {step}: going on')",
        "print({name: value for name, value in list(names.items()) if name != 'self'})",
        "for it in list(names.values()):\n    print(it)",
        "import torch\nfor it in list(names.values()):\n    if torch.is_tensor(it):\n        it.detach().clone()",
        "import torch\nfor it in list(names.values()):\n    if torch.is_tensor(it) and it.numel() == 1:\n"
        "        print(f'loss {it.item():.4f}')",
        "import time\nnow = time.perf_counter()",
        "import time\nprint(time.strftime('%H:%M'))",
        "from tqdm import tqdm\ntqdm.write('another step')",
        "from tqdm.auto import tqdm\nfor _again in tqdm(range(2)):\n    pass",
        "from progress.bar import Bar\nfor _again in Bar('x').iter(range(2)):\n    pass",
        "from IPython.display import clear_output\nclear_output(wait=True)",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.pause(0.001)\nplt.close('all')",
        "import sys\nsys.stdout.flush()",
        "globals().setdefault('curve', []).append(step)",
        "import torch\nfor it in list(names.values()):\n    if isinstance(it, torch.nn.Module):\n"
        "        torch.save(it.state_dict(), 'checkpoint.pt')",
        "import torch\ntorch.cuda.synchronize()\ntorch.cuda.reset_peak_memory_stats()\ntorch.mps.empty_cache()",
        "import os, subprocess\nos.popen('git status').read()\nsubprocess.run('nvidia-smi', shell=True)",
        "import matplotlib.pyplot as plt\nplt.plot([step])\nplt.savefig('curve.png')\nplt.close()",
        "import torch\nif torch.cuda.is_available():\n    torch.cuda.empty_cache()",
        "from torch.utils.tensorboard import SummaryWriter\nSummaryWriter('runs').add_scalar('loss', step, step)",
        "import wandb\nwandb.log({'step': step})",
        "import mlflow\nmlflow.log_metric('step', step)",
        "import torch\ntorch.save({'step': step}, '/kaggle/working/checkpoint.pt')",
        "assert step > 0",
    ),
    # ---- above the definitions of a cell
    *_habits(
        ABOVE,
        "import math, random, os, sys, time, copy, json, re, itertools, functools, collections",
        "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\nimport torch\nfrom torch import nn",
        "import warnings\nwarnings.filterwarnings('ignore')",
        "import warnings\nwarnings.simplefilter('error')\nwarnings.resetwarnings()",
        "import logging\nlogging.basicConfig(level=logging.DEBUG)",
        "import random\nimport numpy as np\nimport torch\nrandom.seed(42)\nnp.random.seed(42)\ntorch.manual_seed(42)",
        "torch.set_printoptions(precision=2, sci_mode=False, linewidth=120)",
        "import numpy as np\nnp.set_printoptions(suppress=True)",
        "import pandas as pd\npd.set_option('display.max_columns', None)",
        "import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = (8, 4)\nplt.style.use('ggplot')",
        "import matplotlib\nmatplotlib.use('TkAgg')",
        "%matplotlib inline",
        "%config InlineBackend.figure_format = 'retina'",
        "%load_ext autoreload\n%autoreload 2",
        "!pip install -q torch numpy \\\n    pandas",
        "!nvidia-smi",
        "folder = 'kept'\n!mkdir -p $folder\n!mkdir -p {folder}/best && ls\nopen(f'{folder}/best/x', 'w').close()",
        "import os\nos.system('mkdir -p runs/1')\nopen('runs/1/x', 'w').close()",
        "import subprocess\nsubprocess.run(['mkdir', '-p', 'runs/2'])\nopen('runs/2/x', 'w').close()",
        "%mkdir -p work\n%cd work",
        "from IPython import get_ipython\nipython = get_ipython()",
        "from IPython.display import HTML, clear_output, display",
        "try:\n    import google.colab\n    in_colab = True\nexcept ImportError:\n    in_colab = False",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "import os\nos.environ['KMP_DUPLICATE_LIB_OK'] = 'TRUE'",
        "import sys\nsys.path.append('..')",
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nprint(device)",
        "import torch\ntorch.autograd.set_detect_anomaly(False)",
        "import torch\ntorch.set_float32_matmul_precision('medium')",
        "import signal\ndef too_slow(*_):\n    raise TimeoutError\n"
        "signal.signal(signal.SIGALRM, too_slow)\nsignal.setitimer(signal.ITIMER_REAL, 0.2)",
        "import seaborn as sns\nsns.set_theme()",
        "import wandb\nwandb.init(project='course', config={'lr': 0.1})",
        "%pip install -q wandb icecream",
        "from tqdm.notebook import tqdm",
        "from beartype import beartype\n@beartype\ndef doubled(x):\n    return x * 2\ndoubled(2)",
        "from pynvml import *\nnvmlInit()\nprint(nvmlDeviceGetHandleByIndex(0))",
        "from itertools import batched\nfrom typing import override\nlist(batched([1, 2, 3], 2))",
        "from codecarbon import track_emissions\n@track_emissions\ndef tripled(x):\n    return x * 3\ntripled(2)",
        "from numba import njit\n@njit\ndef squared(x):\n    return x**2\nsquared(2)",
        "from IPython.core.magic import register_cell_magic\n@register_cell_magic\n"
        "def watched(line, cell):\n    get_ipython().run_cell(cell)",
        "print(torch.__version__)",
        "%%time",
        "%%time --no-raise-error",
        "%%notify",
        "%%skip False",
        "%%prun -s cumulative -l 20 -T profile.txt",
        "#@title My answer { display-mode: 'form' }",
        "from no_such_package_anywhere import something",
        "import json, no_such_package_anywhere, math",
        "raise NotImplementedError()",  # the stub's line, left where it was
        "import nbimporter\nfrom another_notebook import helper",
        "from torch.utils.tensorboard import SummaryWriter\nwriter = SummaryWriter()",
        "undefined_name_above",
    ),
    # ---- below the definitions of a cell
    *_habits(
        BELOW,
        "print('done')",
        "undefined_name_below",
        "assert 1 == 2, 'my own test fails'",
        "1 / 0",
        "open('no-such-file.csv')",
        "raise ValueError('stop here')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.title('mine')\nplt.show()",
        "%timeit 1 + 1",
        "%prun -s cumulative sum([1, 2])",
        "?print",
        "help(len)",
        "!ls -la",
        "files = !ls\nprint(files)",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "import time\ntime.sleep(0.01)",
        "answer = input('continue? ')",
        "exit()",
        "await __import__('asyncio').sleep(0)",
        "if __name__ == '__main__':\n    print('as a script')",
        "del undefined_name_that_was_deleted_before",
        "x, y, X, w, b, t, i, n, loss, losses = range(10)",
        "raise NotImplementedError",
        "import sys\nsys.stdout = open('log.txt', 'w')\nprint('a log')\nsys.stdout.close()",
        "import torch\ntorch.autocast('cpu').__enter__()",
        "for t in ['./tests/q1.py']:\n    pass\nresults = None",
        "from ipywidgets import interact\n@interact(x=(0, 10))\ndef draw(x=3):\n    return x",
        "import argparse\narguments = argparse.ArgumentParser().parse_args()",
        "import unittest\nunittest.main()",
        "import sys\nsys.exit('stop')",
        "print('\\n' * 1_000_000)",
    ),
)
if importlib.util.find_spec("torch") is None:  # students of a course without torch do not write these
    HABITS = tuple(habit for habit in HABITS if "torch" not in habit.lines)
